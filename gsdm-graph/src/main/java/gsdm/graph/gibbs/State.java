package gsdm.graph.gibbs;

import java.util.Arrays;

/**
 * What the nodes of an example are while a chain moves them, and which of them take part in the
 * present move. Allocates nothing after it is made; for one thread at a time.
 */
final class State {
    private final Moves moves;
    private final Known known;
    private final double[] values; // [N], categories as 0, 1, ...
    private final double[] slopes; // [N]
    private final int[] moved; // [N] the move that each node took part in last
    private final AffineDefinition definition;
    private int move;

    State(Moves moves, Known known) {
        this.moves = moves;
        this.known = known;
        values = new double[moves.nodes()];
        slopes = new double[moves.nodes()];
        moved = new int[moves.nodes()];
        definition = new AffineDefinition(moves, known, values, moved, slopes);
    }

    void begin(float... from) {
        for (int node = 0; node < values.length; node++) {
            values[node] = from[node];
        }
        Arrays.fill(moved, 0);
        move = 0;
    }

    Moves moves() {
        return moves;
    }

    Known known() {
        return known;
    }

    double value(int node) {
        return values[node];
    }

    void set(int node, double value) {
        values[node] = value;
    }

    void save(double[] to) {
        System.arraycopy(values, 0, to, 0, values.length);
    }

    void restore(double... from) {
        System.arraycopy(from, 0, values, 0, values.length);
    }

    /** Another move, in which no node takes part yet. */
    void startMove() {
        move++;
    }

    void join(int node) {
        moved[node] = move;
    }

    /** Takes a node into a move along a line, on which it changes by so much. */
    void join(int node, double slope) {
        moved[node] = move;
        slopes[node] = slope;
    }

    double slope(int node) {
        return slopes[node];
    }

    /** Whether a definition reads a node that takes part in the move. */
    boolean takesPart(int node) {
        return definition.takesPart(node, move);
    }

    /** Whether the move changes a node that takes part: not where observed zeros take it out. */
    boolean changes(int node) {
        definition.evaluate(node, -1, move);
        return definition.changes();
    }

    /** Whether a node is a line along the move; its definition is evaluated then. */
    boolean isLine(int node) {
        return definition.evaluate(node, -1, move);
    }

    /**
     * The noise that makes up for a node when a root moves: one in which its definition, which is
     * evaluated then, is affine, if there is any one whose part in it follows from what is
     * observed; below 0 if it has none. Depends on what is observed and on no value that moves.
     */
    int noiseOf(int node, int root) {
        return noiseOf(node, root, 0);
    }

    /** The same, for a move along a line. */
    int noiseAlong(int node, int root) {
        return noiseOf(node, root, move);
    }

    private int noiseOf(int node, int root, int ofMove) {
        int found = -1;
        for (int noise : moves.noises(node)) {
            boolean makesUp =
                    noise != root
                            && !known.observed(noise)
                            && definition.evaluate(node, noise, ofMove)
                            && definition.hears();
            if (makesUp && definition.hearsSteadily()) {
                return noise;
            }
            if (makesUp && found < 0) {
                found = noise;
            }
        }
        if (found >= 0) {
            definition.evaluate(node, found, ofMove);
        }
        return found;
    }

    /** What was evaluated last. */
    AffineDefinition definition() {
        return definition;
    }

    /** What the definition of a node gives, of a discrete one in the precision of draws. */
    double valueOf(int node) {
        definition.evaluate(node, -1, 0);
        return moves.priors().options(node) == 1 ? definition.value() : (float) definition.value();
    }

    /** Whether a node can have a value. */
    boolean possible(int node, double value) {
        int options = moves.priors().options(node);
        return options == 1
                ? Double.isFinite(value)
                : value >= 0 && value < options && value == (int) value;
    }
}
