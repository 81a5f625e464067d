package gsdm.graph.gibbs;

import java.util.Arrays;

/**
 * Some values that a root may have, with what all that depends on it then is, noises making up for
 * it where a node is observed, and how likely each is. Allocates nothing after it is made.
 */
final class Candidates {
    /** How many candidates of any root there can be; of one with options, as many as it has. */
    static final int OF_ANY = 2;

    /** How far draws, which are floats, may be from what their definitions give. */
    private static final double PRECISION = 1e-3;

    private final State state;
    private final int[] part; // the nodes of the move, in order
    private final double[][] values; // by candidate, the value of each of them
    private final double[] before; // the value of each of them before it
    private final double[] made; // what the definition that reads a noise gives as it is
    private int parts;
    private boolean stuck;

    Candidates(State state) {
        this.state = state;
        int most = Math.max(OF_ANY, state.moves().mostOptions());
        int nodes = state.moves().mostDependents() + 1;
        int ofOptions = state.moves().mostDependentsOfOptions() + 1;
        part = new int[nodes];
        values = new double[most][];
        Arrays.setAll(values, candidate -> new double[candidate < OF_ANY ? nodes : ofOptions]);
        before = new double[nodes];
        made = new double[nodes];
    }

    /**
     * The logarithm of the weight of the value that a root has, which is a candidate too: to be
     * asked for before others.
     *
     * @return NaN if a node that is observed cannot be made up for; infinite if no other value can
     *     be; minus infinite if this one cannot, as a network may have it
     */
    double weighPresent(int root, int candidate, int... dependents) {
        state.startMove();
        double log = weigh(root, candidate, state.value(root), true, dependents);
        return stuck && log > Double.NEGATIVE_INFINITY ? Double.POSITIVE_INFINITY : log;
    }

    /**
     * The logarithm of the weight of another value; minus infinity where no value of a noise makes
     * up for it.
     */
    double weigh(int root, int candidate, double value, int... dependents) {
        double log = weigh(root, candidate, value, false, dependents);
        return Double.isNaN(log) ? Double.NEGATIVE_INFINITY : log;
    }

    private double weigh(int root, int candidate, double value, boolean present, int[] dependents) {
        parts = 0;
        stuck = false;
        double log = state.moves().priors().logDensity(root, value);
        if (log == Double.NEGATIVE_INFINITY) {
            return log;
        }
        log += state.known().logLikelihood(root, value);
        propose(root, candidate, value);
        for (int i = 0; i < dependents.length && !(present && Double.isNaN(log)); i++) {
            int node = dependents[i];
            if (state.takesPart(node)) {
                log +=
                        state.known().observed(node)
                                ? makeUp(node, root, candidate, present)
                                : carry(node, candidate);
            }
        }
        for (int p = 0; p < parts; p++) {
            state.set(part[p], before[p]);
        }
        return log;
    }

    private void propose(int node, int candidate, double value) {
        state.join(node);
        before[parts] = state.value(node);
        values[candidate][parts] = value;
        part[parts++] = node;
        state.set(node, value);
    }

    /** The value of a function that is not observed; impossible if it is no option of it. */
    private double carry(int node, int candidate) {
        double value = state.valueOf(node);
        propose(node, candidate, value);
        return state.possible(node, value)
                ? state.known().logLikelihood(node, value)
                : Double.NEGATIVE_INFINITY;
    }

    private double makeUp(int node, int root, int candidate, boolean present) {
        int noise = state.noiseOf(node, root);
        if (noise < 0) {
            return state.changes(node) ? Double.NaN : 0;
        }
        AffineDefinition definition = state.definition();
        double by = definition.slopeByNoise();
        double value = state.value(noise);
        if (present) {
            made[parts] = agrees(node) ? definition.value() : state.value(node);
        }
        double off = made[parts] - definition.value();
        propose(noise, candidate, by == 0 ? value : value + off / by);
        if (by == 0) {
            stuck |= present && off == 0;
            return present && off == 0 ? 0 : Double.NEGATIVE_INFINITY;
        }
        value = state.value(noise);
        return state.known().logLikelihood(noise, value)
                + state.moves().priors().logDensity(noise, value)
                - StrictMath.log(Math.abs(by));
    }

    /**
     * Whether an observed node has the value that its definition gives, in the precision of draws.
     */
    private boolean agrees(int node) {
        double given = state.definition().value();
        double observed = state.value(node);
        return Math.abs(given - observed)
                <= PRECISION * Math.max(1, Math.max(Math.abs(given), Math.abs(observed)));
    }

    /** Moves to the candidate weighed last, or to another one of the same root. */
    void take(int candidate) {
        for (int p = 0; p < parts; p++) {
            state.set(part[p], values[candidate][p]);
        }
    }

    /** Adds a candidate's values, with its probability; probabilities add up to 1. */
    void average(int candidate, double probability, Averages averages) {
        for (int p = 0; p < parts; p++) {
            averages.add(part[p], values[candidate][p], probability);
        }
    }

    /** Counts all nodes whose values are added now. */
    void count(Averages averages) {
        for (int p = 0; p < parts; p++) {
            averages.count(part[p]);
        }
    }
}
