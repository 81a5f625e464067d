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
    private final boolean[] bent; // whether it is not affine in what changes
    private final boolean[] heard; // whether the noise has a say
    private final boolean[] steady; // whether how much of one follows from what is observed
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
        bent = new boolean[longest];
        heard = new boolean[longest];
        steady = new boolean[longest];
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
     * @return whether it is affine in what changes, without which there are no slopes
     */
    boolean evaluate(int node, int noise, int move) {
        int from = pointers[node];
        int count = pointers[node + 1] - from;
        last = count - 1;
        for (int i = 0; i < count; i++) {
            Code code = CODES[codes[from + i]];
            int operand = operands[from + i];
            switch (code) {
                case READ -> read(i, operand, noise, move);
                case CONSTANT -> constant(i, constants[from + i], true);
                case RELU, TANH, EXP -> function(i, code);
                case PLUS, MINUS, TIMES, MAX -> combine(i, code, operand, i - 1);
            }
        }
        return !bent[last];
    }

    private void read(int i, int node, int noise, int move) {
        boolean moves = move > 0 && moved[node] == move;
        constant(i, nodes[node], known.observed(node));
        if (moves) {
            along[i] = slopes[node];
            free[i] = true;
        }
        if (node == noise) {
            byNoise[i] = 1;
            free[i] = true;
            heard[i] = true;
        }
    }

    private void constant(int i, double value, boolean isFixed) {
        values[i] = value;
        along[i] = 0;
        byNoise[i] = 0;
        free[i] = false;
        bent[i] = false;
        heard[i] = false;
        steady[i] = true;
        fixed[i] = isFixed;
    }

    private void function(int i, Code code) {
        double x = values[i - 1];
        double value =
                switch (code) {
                    case RELU -> Math.max(x, 0);
                    case TANH -> StrictMath.tanh(x);
                    default -> StrictMath.exp(x);
                };
        constant(i, value, fixed[i - 1]);
        free[i] = free[i - 1];
        bent[i] = free[i - 1];
        heard[i] = heard[i - 1];
        steady[i] = !heard[i - 1];
    }

    private void combine(int i, Code code, int left, int right) {
        if (code == Code.TIMES && (isZero(left) || isZero(right))) {
            constant(i, 0, true);
            return;
        }
        double x = values[left];
        double y = values[right];
        double value =
                switch (code) {
                    case PLUS -> x + y;
                    case MINUS -> x - y;
                    case TIMES -> x * y;
                    default -> Math.max(x, y);
                };
        constant(i, value, fixed[left] && fixed[right]);
        double byLeft = code == Code.TIMES ? y : 1;
        double byRight = code == Code.TIMES ? x : code == Code.MINUS ? -1 : 1;
        along[i] = along[left] * byLeft + along[right] * byRight;
        byNoise[i] = byNoise[left] * byLeft + byNoise[right] * byRight;
        free[i] = free[left] || free[right];
        heard[i] = heard[left] || heard[right];
        steady[i] = steady[left] && steady[right];
        bent[i] = bent[left] || bent[right];
        switch (code) {
            case TIMES -> {
                bent[i] |= free[left] && free[right];
                steady[i] &= (!heard[left] || fixed[right]) && (!heard[right] || fixed[left]);
            }
            case MAX -> {
                bent[i] |= free[i];
                steady[i] &= !heard[i];
            }
            default -> {}
        }
    }

    /** Whether what is observed makes it zero, and with it whatever it is multiplied by. */
    private boolean isZero(int i) {
        return fixed[i] && values[i] == 0;
    }

    /** Whether it changes at all with what may change, affine or not. */
    boolean changes() {
        return free[last];
    }

    /** Whether it changes with the noise. */
    boolean hears() {
        return heard[last];
    }

    /** Whether by how much follows from what is observed, and is not nothing. */
    boolean hearsSteadily() {
        return heard[last] && steady[last] && byNoise[last] != 0;
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
