package gsdm.graph.gibbs;

import gsdm.tensor.random.RandomStream;

import java.util.Arrays;

/**
 * A Gibbs sampler of one example's unobserved nodes, given the observed ones and noised values of
 * the others, z = signal·x + level·ε in scaled units. Begun at the draw that was noised, which is a
 * sample of that very distribution, so there is nothing to wait for: what the chain averages has
 * the mean of the clean values given all that is known, and less variance than the draw.
 *
 * <p>A sweep moves the roots of {@link Moves} that are not observed. A normal one moves along the
 * line that all that depends on it follows, with noises making up for it where a node is observed:
 * where that is a line, the distribution along it is Gaussian, and its mean is what is averaged,
 * not the value drawn (Rao-Blackwellisation, Casella and Robert 1996). A categorical one takes
 * another option, whose probabilities are averaged. Roots whose move is no line stay where they
 * are.
 *
 * <p>Which moves are made, and how often a node is counted, depends on what is observed and on no
 * value that moves: else an average would not have that mean.
 *
 * <p>Allocates nothing after it is made; for one thread at a time.
 */
public final class Chain {
    private final Moves moves;
    private final Known known;
    private final AffineDefinition definition;
    private final double[] drawn; // [N]
    private final double[] values; // [N]
    private final double[] sums; // [N] of means
    private final int[] counts; // [N] how many
    private final double[] shares; // [X] sums of probabilities
    private final int[] moved; // [N] the move that each node took part in last
    private final double[] slopes; // [N]
    private final int[] part; // the nodes of a move, in order
    private final double[][] candidates; // by option, the value of each of them
    private final double[] before; // the value of each of them before it
    private final double[] made; // what the definition that reads a noise gives as it is
    private final double[] weights; // by option
    private int move;
    private int parts;
    private boolean stuck;

    /** A chain of those moves. */
    public Chain(Moves moves, Known known) {
        this.moves = moves;
        this.known = known;
        int nodes = moves.nodes();
        drawn = new double[nodes];
        values = new double[nodes];
        sums = new double[nodes];
        counts = new int[nodes];
        moved = new int[nodes];
        slopes = new double[nodes];
        shares = new double[known.values()];
        int most = moves.mostDependents(false) + 1;
        int mostOfOptions = moves.mostDependents(true) + 1;
        part = new int[Math.max(most, mostOfOptions)];
        candidates = new double[moves.mostOptions()][mostOfOptions];
        before = new double[mostOfOptions];
        made = new double[mostOfOptions];
        weights = new double[moves.mostOptions()];
        definition = new AffineDefinition(moves, values, moved, slopes);
    }

    /** Begins at what was drawn, [N], categories as 0, 1, ... */
    public void begin(float[] from) {
        for (int node = 0; node < drawn.length; node++) {
            drawn[node] = from[node];
        }
        System.arraycopy(drawn, 0, values, 0, drawn.length);
        Arrays.fill(sums, 0);
        Arrays.fill(counts, 0);
        Arrays.fill(shares, 0);
        Arrays.fill(moved, 0);
        move = 0;
    }

    /** Moves every root once. */
    public void sweep(long key) {
        for (int i = 0; i < moves.roots(); i++) {
            int root = moves.root(i);
            if (known.observed(root)) {
                continue;
            }
            move++;
            parts = 0;
            if (moves.options(root) == 1) {
                slide(root, moves.dependents(i), key, i);
            } else {
                choose(root, moves.dependents(i), key, i);
            }
        }
    }

    /**
     * By how much the mean of a continuous node exceeds the value drawn; 0 where it never moved.
     */
    public double shift(int node) {
        return counts[node] == 0 ? 0 : sums[node] / counts[node] - drawn[node];
    }

    /** The probability of an option of a discrete node; 0 or 1 where it never moved. */
    public double probability(int node, int option) {
        return counts[node] == 0
                ? drawn[node] == option ? 1 : 0
                : shares[known.offset(node) + option] / counts[node];
    }

    private void slide(int root, int[] dependents, long key, int draw) {
        stuck = false;
        join(root, 1);
        for (int node : dependents) {
            if (definition.takesPart(node, move) && !follow(node, root)) {
                return;
            }
        }
        double precision = 0;
        double pull = 0;
        for (int p = 0; p < parts; p++) {
            int node = part[p];
            double slope = slopes[node];
            if (moves.normal(node)) {
                double steep = slope / moves.priorDeviation(node);
                double off = (values[node] - moves.priorMean(node)) / moves.priorDeviation(node);
                precision += steep * steep;
                pull -= steep * off;
            }
            double steep = slope * known.steepness(node);
            precision += steep * steep;
            pull += steep * known.distance(node, values[node]);
        }
        boolean free = !stuck && Double.isFinite(pull) && Double.isFinite(precision);
        double mean = free ? pull / precision : 0;
        double deviation = free ? 1 / Math.sqrt(precision) : 0;
        double to = mean + deviation * RandomStream.normal(key, draw);
        for (int p = 0; p < parts; p++) {
            int node = part[p];
            sums[node] += values[node] + slopes[node] * mean;
            counts[node]++;
            values[node] += slopes[node] * to;
        }
    }

    private void join(int node, double slope) {
        moved[node] = move;
        slopes[node] = slope;
        part[parts++] = node;
    }

    /**
     * Takes a node along, or a noise in its place where it is observed; false if there is no line.
     */
    private boolean follow(int node, int root) {
        if (!known.observed(node)) {
            if (moves.options(node) > 1 || !definition.evaluate(node, -1, move)) {
                return false;
            }
            join(node, definition.slope());
            return true;
        }
        for (int noise : moves.noises(node)) {
            if (noise != root && !known.observed(noise) && definition.evaluate(node, noise, move)) {
                double by = definition.slopeByNoise();
                stuck |= by == 0 && definition.slope() != 0;
                join(noise, by == 0 ? 0 : -definition.slope() / by);
                return true;
            }
        }
        return false;
    }

    private void choose(int root, int[] dependents, long key, int draw) {
        int options = moves.options(root);
        int present = (int) values[root];
        double most = weigh(root, present, present, dependents);
        if (Double.isNaN(most) || most == Double.NEGATIVE_INFINITY) {
            return;
        }
        weights[present] = most;
        for (int option = 0; option < options; option++) {
            if (option != present) {
                double weight = weigh(root, option, present, dependents);
                weights[option] = Double.isNaN(weight) ? Double.NEGATIVE_INFINITY : weight;
                most = Math.max(most, weights[option]);
            }
        }
        double total = 0;
        for (int option = 0; option < options; option++) {
            weights[option] = weights[option] == most ? 1 : StrictMath.exp(weights[option] - most);
            total += weights[option];
        }
        average(options, total);
        double left = RandomStream.uniformDouble(key, draw) * total;
        int chosen = 0;
        while (chosen < options - 1 && left >= weights[chosen]) {
            left -= weights[chosen++];
        }
        for (int p = 0; p < parts; p++) {
            values[part[p]] = candidates[chosen][p];
        }
    }

    private void average(int options, double total) {
        for (int p = 0; p < parts; p++) {
            int node = part[p];
            counts[node]++;
            for (int option = 0; option < options; option++) {
                double weight = weights[option] / total;
                double value = candidates[option][p];
                if (weight == 0) {
                    continue; // its values may be none
                }
                if (moves.options(node) > 1) {
                    shares[known.offset(node) + (int) value] += weight;
                } else {
                    sums[node] += weight * value;
                }
            }
        }
    }

    /**
     * The logarithm of an option's weight, and what all that depends on the root is then; NaN if a
     * node that is observed cannot be made up for. Where no value of a noise makes up for another
     * option, only the present one can be.
     */
    private double weigh(int root, int option, int present, int[] dependents) {
        parts = 0;
        stuck = false;
        propose(root, option, option);
        double log = known.logLikelihood(root, option);
        for (int node : dependents) {
            if (definition.takesPart(node, move)) {
                log +=
                        known.observed(node)
                                ? makeUp(node, root, option, present)
                                : carry(node, option);
            }
        }
        for (int p = 0; p < parts; p++) {
            values[part[p]] = before[p];
        }
        if (stuck && !Double.isNaN(log)) {
            return option == present ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
        }
        return log;
    }

    private void propose(int node, int option, double value) {
        moved[node] = move;
        before[parts] = values[node];
        candidates[option][parts] = value;
        part[parts++] = node;
        values[node] = value;
    }

    /** The value of a function that is not observed; impossible if it is no option of it. */
    private double carry(int node, int option) {
        definition.evaluate(node, -1, 0);
        int options = moves.options(node);
        // options in the precision of draws
        double value = options == 1 ? definition.value() : (float) definition.value();
        propose(node, option, value);
        boolean possible = options == 1 || value >= 0 && value < options && value == (int) value;
        return possible ? known.logLikelihood(node, value) : Double.NEGATIVE_INFINITY;
    }

    private double makeUp(int node, int root, int option, int present) {
        for (int noise : moves.noises(node)) {
            if (noise != root && !known.observed(noise) && definition.evaluate(node, noise, 0)) {
                return makeUpBy(noise, option, present);
            }
        }
        return Double.NaN;
    }

    private double makeUpBy(int noise, int option, int present) {
        double by = definition.slopeByNoise();
        double value = values[noise];
        if (option == present) {
            made[parts] = definition.value();
        } else if (by != 0) {
            value += (made[parts] - definition.value()) / by;
        }
        propose(noise, option, value);
        if (by == 0) {
            stuck = true;
            return 0;
        }
        double off = (value - moves.priorMean(noise)) / moves.priorDeviation(noise);
        return known.logLikelihood(noise, value) - off * off / 2 - StrictMath.log(Math.abs(by));
    }
}
