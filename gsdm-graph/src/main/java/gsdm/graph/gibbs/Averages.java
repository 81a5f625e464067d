package gsdm.graph.gibbs;

import java.util.Arrays;

/**
 * What a chain averages: conditional means of continuous nodes and probabilities of the options of
 * discrete ones, each the more as often as a node was moved. Allocates nothing after it is made.
 */
final class Averages {
    private final Priors priors;
    private final Known known;
    private final double[] drawn; // [N]
    private final double[] sums; // [N] of means
    private final int[] counts; // [N] how many
    private final double[] shares; // [X] sums of probabilities
    private double weight;
    private boolean counting;

    Averages(Moves moves, Known known) {
        this.priors = moves.priors();
        this.known = known;
        drawn = new double[moves.nodes()];
        sums = new double[moves.nodes()];
        counts = new int[moves.nodes()];
        shares = new double[known.values()];
    }

    /** Begins anew; nodes that are not moved have these values. */
    void begin(State state) {
        state.save(drawn);
        Arrays.fill(sums, 0);
        Arrays.fill(counts, 0);
        Arrays.fill(shares, 0);
        weigh(1, true);
    }

    /**
     * Of what comes now, so much is added.
     *
     * @param first whether these moves are not those of another place once more
     */
    void weigh(double share, boolean first) {
        weight = share;
        counting = first;
    }

    /** Counts a node once more, whose means or probabilities come now. */
    void count(int node) {
        if (counting) {
            counts[node]++;
        }
    }

    void addMean(int node, double mean) {
        sums[node] += weight * mean;
    }

    /** Adds a value, or an option, of some probability. */
    void add(int node, double value, double probability) {
        if (priors.options(node) > 1) {
            shares[known.offset(node) + (int) value] += weight * probability;
        } else {
            sums[node] += weight * probability * value;
        }
    }

    /** By how much the mean of a continuous node exceeds its first value. */
    double shift(int node) {
        return counts[node] == 0 ? 0 : sums[node] / counts[node] - drawn[node];
    }

    /** The probability of an option of a discrete node. */
    double probability(int node, int option) {
        return counts[node] == 0
                ? drawn[node] == option ? 1 : 0
                : shares[known.offset(node) + option] / counts[node];
    }
}
