package gsdm.graph.gibbs;

import gsdm.tensor.random.RandomStream;

/**
 * The line along which a normal root and all that depends on it can move, noises making up for it
 * where a node is observed, and the Gaussian distribution along it. Allocates nothing after it is
 * made.
 */
final class Line {
    private final State state;
    private final int[] part; // the nodes of the move, in order
    private int parts;
    private double precision;
    private double pull;
    private boolean stuck;

    Line(State state) {
        this.state = state;
        this.part = new int[state.moves().mostDependents() + 1];
    }

    /**
     * Finds the line of a root, which changes by 1 along it; false if what depends on it is on no
     * line, or has no noise.
     */
    boolean find(int root, int... dependents) {
        state.startMove();
        parts = 0;
        stuck = false;
        join(root, 1);
        for (int node : dependents) {
            if (state.takesPart(node) && !follow(node, root)) {
                return false;
            }
        }
        measure();
        return true;
    }

    private void join(int node, double slope) {
        state.join(node, slope);
        part[parts++] = node;
    }

    /** Takes a node along, or a noise in its place where it is observed. */
    private boolean follow(int node, int root) {
        AffineDefinition definition = state.definition();
        if (!state.known().observed(node)) {
            if (state.moves().priors().options(node) > 1 || !state.isLine(node)) {
                return false;
            }
            join(node, definition.slope());
            return true;
        }
        int noise = state.noiseAlong(node, root);
        if (noise < 0) {
            return !state.changes(node);
        }
        double by = definition.slopeByNoise();
        stuck |= by == 0 && definition.slope() != 0;
        join(noise, by == 0 ? 0 : -definition.slope() / by);
        return true;
    }

    private void measure() {
        Priors priors = state.moves().priors();
        Known known = state.known();
        precision = 0;
        pull = 0;
        for (int p = 0; p < parts; p++) {
            int node = part[p];
            double slope = state.slope(node);
            if (priors.normal(node)) {
                double deviation = priors.deviation(node);
                double steep = slope / deviation;
                precision += steep * steep;
                pull -= steep * (state.value(node) - priors.mean(node)) / deviation;
            }
            double steep = slope * known.steepness(node);
            precision += steep * steep;
            pull += steep * known.distance(node, state.value(node));
        }
    }

    /** Whether anything moves: not where a noise that would have to counts for nothing. */
    boolean free() {
        return !stuck && Double.isFinite(pull) && Double.isFinite(precision);
    }

    /** How far along the line its mean is. */
    private double mean() {
        return pull / precision;
    }

    /** How far to go along the line, drawn from the distribution along it. */
    double draw(long key, long index) {
        return mean() + RandomStream.normal(key, index) / Math.sqrt(precision);
    }

    /** The logarithm of the density of going so far, but for what is the same of all lines. */
    double logDensity(double by) {
        double off = by - mean();
        return (StrictMath.log(precision) - precision * off * off) / 2;
    }

    /** Moves all nodes so far along. */
    void move(double by) {
        for (int p = 0; p < parts; p++) {
            int node = part[p];
            state.set(node, state.value(node) + state.slope(node) * by);
        }
    }

    /** Adds the means of all nodes. */
    void average(Averages averages) {
        double mean = free() ? mean() : 0;
        for (int p = 0; p < parts; p++) {
            int node = part[p];
            averages.count(node);
            double along = free() ? state.slope(node) * mean : 0;
            averages.addMean(node, state.value(node) + along);
        }
    }
}
