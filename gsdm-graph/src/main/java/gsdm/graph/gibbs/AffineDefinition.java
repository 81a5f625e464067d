package gsdm.graph.gibbs;

import gsdm.nn.layout.NodeDefinitions;
import gsdm.tensor.program.Definitions.Code;

/**
 * Evaluates a node's definition where some nodes have moved: its value, and how it changes along a
 * move and with a noise, if it is affine in both together. For one thread at a time.
 */
final class AffineDefinition {
    private static final Code[] CODES = Code.values();
    private static final int READ = Code.READ.ordinal();

    private final int[] pointers;
    private final int[] codes;
    private final int[] operands;
    private final float[] constants;
    private final Known known;
    private final double[] nodes; // [N] values
    private final int[] moved; // [N] the move that each node took part in last
    private final double[] slopes; // [N] of nodes that take part
    private final double[] values; // by instruction, as are all that follow
    private final double[] along;
    private final double[] byNoise;
    private final boolean[] free; // whether it changes at all
    private final boolean[] fixed; // whether it follows from what is observed
    private int last;

    /**
     * Definitions over given values.
     *
     * @param nodes [N] values, as they are when a definition is evaluated
     * @param moved [N] the number of the move that each node took part in last
     * @param slopes [N] by how much such a node changes along a line
     */
    AffineDefinition(Moves moves, Known known, double[] nodes, int[] moved, double[] slopes) {
        NodeDefinitions definitions = moves.definitions();
        pointers = definitions.pointers();
        codes = definitions.codes();
        operands = definitions.operands();
        constants = definitions.constants();
        this.known = known;
        this.nodes = nodes;
        this.moved = moved;
        this.slopes = slopes;
        int longest = moves.longestDefinition();
        values = new double[longest];
        along = new double[longest];
        byNoise = new double[longest];
        free = new boolean[longest];
        fixed = new boolean[longest];
    }

    /** Whether a definition reads a node that takes part in a move. */
    boolean takesPart(int node, int move) {
        for (int t = pointers[node]; t < pointers[node + 1]; t++) {
            if (codes[t] == READ && moved[operands[t]] == move) {
                return true;
            }
        }
        return false;
    }

    /**
     * Evaluates a definition.
     *
     * @param noise whose slope is asked for; below 0 for none
     * @param move whose nodes change along a line; 0 for none: what has moved is taken as it is
     * @return whether it is affine in what changes, without which there are no results
     */
    boolean evaluate(int node, int noise, int move) {
        int from = pointers[node];
        int count = pointers[node + 1] - from;
        last = count - 1;
        for (int i = 0; i < count; i++) {
            Code code = CODES[codes[from + i]];
            int operand = operands[from + i];
            boolean affine =
                    switch (code) {
                        case READ -> read(i, operand, noise, move);
                        case CONSTANT -> constant(i, constants[from + i], true);
                        case RELU, TANH, EXP -> function(i, code);
                        case PLUS, MINUS, TIMES, MAX -> combine(i, code, operand, i - 1);
                    };
            if (!affine) {
                return false;
            }
        }
        return true;
    }

    private boolean read(int i, int node, int noise, int move) {
        boolean moves = move > 0 && moved[node] == move;
        values[i] = nodes[node];
        along[i] = moves ? slopes[node] : 0;
        byNoise[i] = node == noise ? 1 : 0;
        free[i] = moves || node == noise;
        fixed[i] = known.observed(node);
        return true;
    }

    private boolean constant(int i, double value, boolean isFixed) {
        values[i] = value;
        along[i] = 0;
        byNoise[i] = 0;
        free[i] = false;
        fixed[i] = isFixed;
        return true;
    }

    private boolean function(int i, Code code) {
        if (free[i - 1]) {
            return false;
        }
        double x = values[i - 1];
        return constant(
                i,
                switch (code) {
                    case RELU -> Math.max(x, 0);
                    case TANH -> StrictMath.tanh(x);
                    default -> StrictMath.exp(x);
                },
                fixed[i - 1]);
    }

    private boolean combine(int i, Code code, int left, int right) {
        if (code == Code.TIMES && (isZero(left) || isZero(right))) {
            return constant(i, 0, true);
        }
        boolean bent =
                switch (code) {
                    case TIMES -> free[left] && free[right];
                    case MAX -> free[left] || free[right];
                    default -> false;
                };
        if (bent) {
            return false;
        }
        double x = values[left];
        double y = values[right];
        values[i] =
                switch (code) {
                    case PLUS -> x + y;
                    case MINUS -> x - y;
                    case TIMES -> x * y;
                    default -> Math.max(x, y);
                };
        double byLeft = code == Code.TIMES ? y : 1;
        double byRight = code == Code.TIMES ? x : code == Code.MINUS ? -1 : 1;
        along[i] = along[left] * byLeft + along[right] * byRight;
        byNoise[i] = byNoise[left] * byLeft + byNoise[right] * byRight;
        free[i] = free[left] || free[right];
        fixed[i] = fixed[left] && fixed[right];
        return true;
    }

    /** Whether what is observed makes it zero, and with it whatever it is multiplied by. */
    private boolean isZero(int i) {
        return fixed[i] && values[i] == 0;
    }

    /** Whether it changes at all with what may change. */
    boolean changes() {
        return free[last];
    }

    /** The value last evaluated. */
    double value() {
        return values[last];
    }

    /** By how much it changes along the line. */
    double slope() {
        return along[last];
    }

    /** By how much it changes with the noise. */
    double slopeByNoise() {
        return byNoise[last];
    }
}
