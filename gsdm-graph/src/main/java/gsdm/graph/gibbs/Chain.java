package gsdm.graph.gibbs;

import gsdm.tensor.random.RandomStream;

import java.util.Arrays;

/**
 * A Gibbs sampler of one example's unobserved nodes, given the observed ones and, where there are
 * any, noised values of the others, z = signal·x + level·ε in scaled units.
 *
 * <p>A sweep moves the roots of {@link Moves} that are not observed. A normal one moves along the
 * line that all that depends on it follows, with noises making up for it where a node is observed:
 * where that is a line, the distribution along it is Gaussian. Where it is none, and for a uniform
 * root, it moves by slice sampling (Neal 2003). A categorical one takes another option, and before
 * all, two options of an array may be exchanged at all its nodes ({@link Relabelling}).
 *
 * <p>In training it begins at the draw that was noised, which is a sample of that very
 * distribution, so there is nothing to wait for: what the chain averages has the mean of the clean
 * values given all that is known, and less variance than the draw. Along lines it is the Gaussian's
 * mean that is averaged, of options their probabilities, not what is drawn (Rao-Blackwellisation,
 * Casella and Robert 1996), of slices where they begin and end. Which moves are made, and how often
 * a node is counted, depends on what is observed and on no value that moves: else an average would
 * not have that mean.
 *
 * <p>In sampling it begins at what a network gave, after {@link #settle}, and sweeps take that to
 * the posterior, the sooner the better the chain mixes.
 *
 * <p>Allocates nothing after it is made; for one thread at a time.
 */
public final class Chain {
    /** How many spreads of a prior a slice may reach over. */
    private static final int REACH = 8;

    /** A slice that is halved as often as doubles have bits holds where it began alone. */
    private static final int HALVINGS = 64;

    private static final int PRESENT = 0;
    private static final int PROPOSED = 1;

    /** Where one of two places is less likely than this, one is gone on from, else both. */
    private static final double RARE = 0.02;

    private final Moves moves;
    private final Known known;
    private final State state;
    private final Averages averages;
    private final Line line;
    private final Candidates candidates;
    private final Relabelling relabelling;
    private final boolean[] follows; // [N] whether a node depends on a root that can move
    private final int[] part; // the nodes that a move would change or have made up for
    private final double[] weights; // by option

    /** A chain of those moves. */
    public Chain(Moves moves, Known known) {
        this.moves = moves;
        this.known = known;
        state = new State(moves, known);
        averages = new Averages(moves, known);
        line = new Line(state);
        candidates = new Candidates(state);
        relabelling = new Relabelling(state, line, candidates);
        follows = new boolean[moves.nodes()];
        part = new int[moves.mostDependents()];
        weights = new double[moves.mostOptions()];
    }

    /**
     * Begins at what was drawn, [N], categories as 0, 1, ..., after {@link Known} has; observed
     * nodes have their values in it.
     */
    public void begin(float[] from) {
        state.begin(from);
        averages.begin(state);
    }

    /**
     * Makes values agree that only nearly do, as those that a network sampled: what follows from
     * roots that can move has the value that its definition gives, and where that is observed, a
     * noise makes up for the difference. Uniform values come between their ends.
     *
     * @return false, and nothing is done, if a node is not observed that the moves take to be
     */
    public boolean settle() {
        for (int node : moves.assumed()) {
            if (!known.observed(node)) {
                return false;
            }
        }
        Arrays.fill(follows, false);
        for (int i = 0; i < moves.roots(); i++) {
            int root = moves.root(i);
            if (!known.observed(root)) {
                state.set(root, moves.priors().nearest(root, state.value(root)));
                follow(root, moves.dependents(i));
            }
        }
        for (int node : moves.functions()) {
            if (follows[node]) {
                settle(node);
            }
        }
        return true;
    }

    /** Notes what depends on a root, unless something does that nothing can make up for. */
    private void follow(int root, int... dependents) {
        state.startMove();
        state.join(root);
        int parts = 0;
        for (int node : dependents) {
            if (!state.takesPart(node)) {
                continue;
            }
            if (!known.observed(node)) {
                state.join(node);
            } else if (state.noiseOf(node, root) < 0 && state.changes(node)) {
                return;
            }
            part[parts++] = node;
        }
        for (int p = 0; p < parts; p++) {
            follows[part[p]] = true;
        }
    }

    private void settle(int node) {
        if (!known.observed(node)) {
            double value = state.valueOf(node);
            if (state.possible(node, value)) {
                state.set(node, value);
            }
            return;
        }
        int noise = state.noiseOf(node, node);
        if (noise >= 0) {
            double off = state.value(node) - state.definition().value();
            double value = state.value(noise) + off / state.definition().slopeByNoise();
            if (Double.isFinite(value)) {
                state.set(noise, value);
            }
        }
    }

    /** Moves every root once, and options of an array before. */
    public void sweep(long key) {
        double other = proposeLabels(key);
        if (isChosen(other, key)) {
            relabelling.take();
        }
        moveAll(key);
    }

    /**
     * Sweeps for averages: where options could as well be exchanged, it goes on from both places,
     * and averages have a share of each.
     *
     * @param sweeps of each; after none, averages are what was drawn
     */
    public void average(int sweeps, long key) {
        double other = proposeLabels(key);
        if (other < RARE || other > 1 - RARE) {
            if (isChosen(other, key)) {
                relabelling.take();
            }
            moveAll(sweeps, key);
            return;
        }
        averages.weigh(1 - other, true);
        moveAll(sweeps, key);
        relabelling.take();
        averages.weigh(other, false);
        moveAll(sweeps, key);
        averages.weigh(1, true);
    }

    /** The probability of labels other than the present ones; 0 where there are none. */
    private double proposeLabels(long key) {
        int arrays = moves.labels().size();
        if (arrays == 0) {
            return 0;
        }
        int chosen = RandomStream.below(key, moves.roots(), arrays);
        return relabelling.propose(
                moves.labels().get(chosen), RandomStream.fork(key, moves.roots()));
    }

    private boolean isChosen(double probability, long key) {
        return RandomStream.uniformDouble(key, moves.roots() + 1) < probability;
    }

    private void moveAll(int sweeps, long key) {
        for (int sweep = 0; sweep < sweeps; sweep++) {
            moveAll(RandomStream.fork(key, moves.roots() + 1 + sweep));
        }
    }

    private void moveAll(long key) {
        for (int i = 0; i < moves.roots(); i++) {
            int root = moves.root(i);
            if (known.observed(root)) {
                continue;
            }
            int[] dependents = moves.dependents(i);
            if (moves.priors().options(root) > 1) {
                choose(root, dependents, key, i);
            } else if (!moves.priors().normal(root) || !line.find(root, dependents)) {
                slice(root, dependents, RandomStream.fork(key, i));
            } else {
                line.average(averages);
                if (line.free()) {
                    line.move(line.draw(key, i));
                }
            }
        }
    }

    /** The present value of a node, categories as 0, 1, ... */
    public double value(int node) {
        return state.value(node);
    }

    /**
     * By how much the mean of a continuous node exceeds the value drawn; 0 where it never moved.
     */
    public double shift(int node) {
        return averages.shift(node);
    }

    /** The probability of an option of a discrete node; 0 or 1 where it never moved. */
    public double probability(int node, int option) {
        return averages.probability(node, option);
    }

    private void choose(int root, int[] dependents, long key, int draw) {
        int options = moves.priors().options(root);
        int present = (int) state.value(root);
        double most = candidates.weighPresent(root, present, dependents);
        if (Double.isNaN(most)) {
            return;
        }
        weights[present] = most;
        for (int option = 0; option < options; option++) {
            if (option != present) {
                weights[option] = candidates.weigh(root, option, option, dependents);
                most = Math.max(most, weights[option]);
            }
        }
        if (most == Double.NEGATIVE_INFINITY) {
            return;
        }
        double total = 0;
        for (int option = 0; option < options; option++) {
            weights[option] = weights[option] == most ? 1 : StrictMath.exp(weights[option] - most);
            total += weights[option];
        }
        candidates.count(averages);
        double left = RandomStream.uniformDouble(key, draw) * total;
        int chosen = present;
        for (int option = 0; option < options; option++) {
            if (weights[option] > 0) { // else its values may be none
                candidates.average(option, weights[option] / total, averages);
                chosen = left >= 0 ? option : chosen;
            }
            left -= weights[option];
        }
        candidates.take(chosen);
    }

    private void slice(int root, int[] dependents, long key) {
        double here = state.value(root);
        double log = candidates.weighPresent(root, PRESENT, dependents);
        if (Double.isNaN(log)) {
            return;
        }
        double to = Double.isFinite(log) ? sliced(root, dependents, key, log) : here;
        averages.count(root);
        averages.addMean(root, (here + to) / 2);
    }

    /** Moves a root to a place as likely as any where its density is above a level drawn. */
    private double sliced(int root, int[] dependents, long key, double log) {
        double here = state.value(root);
        int drawnSoFar = 0;
        double floor = log + StrictMath.log(1 - RandomStream.uniformDouble(key, drawnSoFar++));
        double width = moves.priors().spread(root);
        double left = here - width * RandomStream.uniformDouble(key, drawnSoFar++);
        double right = left + width;
        int toTheLeft = RandomStream.below(key, drawnSoFar++, REACH);
        int toTheRight = REACH - 1 - toTheLeft;
        while (toTheLeft-- > 0 && weigh(root, left, dependents) > floor) {
            left -= width;
        }
        while (toTheRight-- > 0 && weigh(root, right, dependents) > floor) {
            right += width;
        }
        for (int halving = 0; halving < HALVINGS; halving++) {
            double to = left + (right - left) * RandomStream.uniformDouble(key, drawnSoFar++);
            if (weigh(root, to, dependents) > floor) {
                candidates.take(PROPOSED);
                return to;
            }
            if (to < here) {
                left = to;
            } else {
                right = to;
            }
        }
        return here;
    }

    private double weigh(int root, double value, int... dependents) {
        return candidates.weigh(root, PROPOSED, value, dependents);
    }
}
