package gsdm.graph.inference;

import gsdm.graph.model.DefinitionSink;
import gsdm.graph.model.Expr;
import gsdm.graph.model.GraphicalModel;
import gsdm.nn.layout.NodeDefinitions;
import gsdm.tensor.program.Definitions.Code;

import java.util.Arrays;

/** The definitions of a model's nodes as instructions, one after the other. */
final class DefinitionTape implements DefinitionSink {
    private static final int MOST = Integer.MAX_VALUE - 8;

    private final int[] pointers; // [N + 1]
    private int[] codes = new int[1024];
    private int[] operands = new int[1024];
    private float[] constants = new float[1024];
    private int[] open = new int[16]; // the instructions whose results nothing has taken yet
    private int opened;
    private int count;
    private int node;
    private int next; // the node whose pointer is still to be written

    private DefinitionTape(int nodes) {
        pointers = new int[nodes + 1];
    }

    static NodeDefinitions of(GraphicalModel model) {
        DefinitionTape tape = new DefinitionTape(model.nodeCount());
        model.definitions(tape);
        return tape.finish();
    }

    @Override
    public void begin(int ofNode) {
        node = ofNode;
        Arrays.fill(pointers, next, node + 1, count);
        next = node + 1;
        opened = 0;
    }

    @Override
    public void read(int ofNode) {
        append(Code.READ, ofNode, 0, 0);
    }

    @Override
    public void constant(float value) {
        append(Code.CONSTANT, 0, value, 0);
    }

    @Override
    public void apply(Expr.Function function) {
        Code code =
                switch (function) {
                    case RELU -> Code.RELU;
                    case TANH -> Code.TANH;
                    case EXP -> Code.EXP;
                };
        append(code, 0, 0, 1);
    }

    @Override
    public void apply(Expr.Operation operation) {
        Code code =
                switch (operation) {
                    case PLUS -> Code.PLUS;
                    case MINUS -> Code.MINUS;
                    case TIMES -> Code.TIMES;
                    case MAX -> Code.MAX;
                };
        append(code, open[opened - 2] - pointers[node], 0, 2);
    }

    /** A definition of which a part is missing is none. */
    @Override
    public void end(boolean complete) {
        if (!complete) {
            count = pointers[node];
        }
    }

    /** Appends an instruction that takes the results of the last ones open. */
    private void append(Code code, int operand, float constant, int taken) {
        if (count == codes.length) {
            int more = (int) Math.min(MOST, 2L * count);
            codes = Arrays.copyOf(codes, more);
            operands = Arrays.copyOf(operands, more);
            constants = Arrays.copyOf(constants, more);
        }
        opened -= taken;
        if (opened == open.length) {
            open = Arrays.copyOf(open, 2 * opened);
        }
        open[opened++] = count;
        codes[count] = code.ordinal();
        operands[count] = operand;
        constants[count] = constant;
        count++;
    }

    private NodeDefinitions finish() {
        Arrays.fill(pointers, next, pointers.length, count);
        return NodeDefinitions.of(
                pointers,
                Arrays.copyOf(codes, count),
                Arrays.copyOf(operands, count),
                Arrays.copyOf(constants, count));
    }
}
