package gsdm.graph.gibbs;

import gsdm.tensor.random.RandomStream;

/**
 * Exchanges two options of a categorical array at all its nodes, and draws anew the normal roots
 * that lie beside them: of a mixture the kinds, and then the means of its components. No move of a
 * node at a time gets from one to the other, though both may be likely.
 *
 * <p>With lines drawn one after the other, each given the rest, the state before and the one after
 * are a pair of which either could have been proposed from the other: of the two, it is the one
 * after with a probability of π(after)·q(before | after) over the sum of that and of the same with
 * both exchanged (Barker 1965).
 *
 * <p>Allocates nothing after it is made.
 */
final class Relabelling {
    /** Likelihoods of noised labels that differ by e^this or more leave nothing to ask. */
    private static final double CERTAIN = 50;

    private final State state;
    private final Line line;
    private final Candidates candidates;
    private final double[] before; // [N]
    private final double[] after; // [N]

    Relabelling(State state, Line line, Candidates candidates) {
        this.state = state;
        this.line = line;
        this.candidates = candidates;
        before = new double[state.moves().nodes()];
        after = new double[state.moves().nodes()];
    }

    /** Leaves the state as it is, and gives the probability of another one. */
    double propose(Labels labels, long key) {
        int options = state.moves().priors().options(state.moves().root(labels.roots()[0]));
        int one = RandomStream.below(key, 0, options);
        int other = (one + 1 + RandomStream.below(key, 1, options - 1)) % options;
        if (!open(labels, one, other)) {
            return 0;
        }
        state.save(before);
        double log = exchange(labels, one, other);
        if (Double.isFinite(log)) {
            log += draw(labels, RandomStream.fork(key, 2));
            state.save(after);
        }
        boolean back = Double.isFinite(log) && Double.isFinite(exchange(labels, one, other));
        if (back) {
            log += retrace(labels);
        }
        state.restore(before);
        return back && Double.isFinite(log) ? 1 / (1 + StrictMath.exp(-log)) : 0;
    }

    /** Goes to the state proposed last. */
    void take() {
        state.restore(after);
    }

    /** Whether there are labels to exchange, and what is known of them themselves allows it. */
    private boolean open(Labels labels, int one, int other) {
        double log = 0;
        int exchanged = 0;
        for (int i : labels.roots()) {
            int root = state.moves().root(i);
            if (isExchanged(root, one, other)) {
                exchanged++;
                double to = one + other - state.value(root);
                log += state.known().logLikelihood(root, to);
                log -= state.known().logLikelihood(root, state.value(root));
            }
        }
        return exchanged > 0 && Math.abs(log) <= CERTAIN;
    }

    private boolean isExchanged(int root, int one, int other) {
        double value = state.value(root);
        return !state.known().observed(root) && (value == one || value == other);
    }

    /** By how much the logarithm of the density is more then. */
    private double exchange(Labels labels, int one, int other) {
        double log = 0;
        for (int i : labels.roots()) {
            int root = state.moves().root(i);
            if (!isExchanged(root, one, other)) {
                continue;
            }
            int[] dependents = state.moves().dependents(i);
            int present = (int) state.value(root);
            double from = candidates.weighPresent(root, present, dependents);
            int next = one + other - present;
            double to = candidates.weigh(root, next, next, dependents);
            if (!Double.isFinite(from) || !Double.isFinite(to)) {
                return Double.NEGATIVE_INFINITY;
            }
            log += to - from;
            candidates.take(next);
        }
        return log;
    }

    /** Draws lines anew; by how much that adds to log π − log q. */
    private double draw(Labels labels, long key) {
        double log = 0;
        for (int i : labels.lines()) {
            int root = state.moves().root(i);
            if (isLine(root, i)) {
                if (!line.free()) {
                    return Double.NaN;
                }
                log -= line.logDensity(0); // π changes as the density along the line does
                line.move(line.draw(key, i));
            }
        }
        return log;
    }

    /** Puts lines back to where they were; the logarithm of the density of drawing just that. */
    private double retrace(Labels labels) {
        double log = 0;
        for (int i : labels.lines()) {
            int root = state.moves().root(i);
            if (isLine(root, i)) {
                if (!line.free()) {
                    return Double.NaN;
                }
                double by = before[root] - state.value(root);
                log += line.logDensity(by);
                line.move(by);
            }
        }
        return log;
    }

    /**
     * Whether a root is drawn anew. Going back must lead to where it began: so the noise of a node
     * is the same one in all these moves, and is not itself drawn.
     */
    private boolean isLine(int root, int i) {
        Moves moves = state.moves();
        if (state.known().observed(root) || !line.find(root, moves.dependents(i))) {
            return false;
        }
        for (int node : moves.dependents(i)) {
            if (state.known().observed(node)
                    && state.takesPart(node)
                    && (moves.alone(node, root)
                            || state.noiseAlong(node, root) != state.noiseOf(node, root))) {
                return false;
            }
        }
        return true;
    }
}
