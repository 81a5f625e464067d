package gsdm.graph.inference;

import gsdm.graph.model.ArrayNodes;
import gsdm.graph.model.DefinitionSink;
import gsdm.graph.model.Expr;
import gsdm.graph.model.GraphicalModel;
import gsdm.nn.layout.LayoutBudget;
import gsdm.tensor.sparse.EdgeSink;

import java.util.Arrays;

/** Counts what the layout of a model holds without making it. */
final class PartSizes implements EdgeSink, DefinitionSink {
    private final int[] degrees; // [N]
    private int instructions;
    private int reads;
    private int openInstructions; // of the definition that began last
    private int openReads;

    private PartSizes(int nodes) {
        degrees = new int[nodes];
        Arrays.fill(degrees, 1); // to itself
    }

    /**
     * Room for the layout of a model. Where two reads of a node meet, an edge counts twice.
     *
     * @param definitions whether its layout has the definitions of its nodes
     */
    static LayoutBudget of(GraphicalModel model, boolean definitions) {
        PartSizes sizes = new PartSizes(model.nodeCount());
        model.directedEdges().forEach(sizes);
        if (definitions) {
            model.definitions(sizes);
        }
        int values = 0;
        for (ArrayNodes array : model.layout().arrays()) {
            values =
                    Math.addExact(
                            values,
                            Math.multiplyExact(array.count(), Layouts.options(array.kind())));
        }
        int edges = 0;
        int degree = 0;
        for (int of : sizes.degrees) {
            edges = Math.addExact(edges, of);
            degree = Math.max(degree, of);
        }
        return new LayoutBudget(
                model.nodeCount(), values, edges, degree, sizes.instructions, sizes.reads);
    }

    @Override
    public void edge(int from, int to) {
        degrees[from]++;
        degrees[to]++;
    }

    @Override
    public void begin(int node) {
        openInstructions = 0;
        openReads = 0;
    }

    @Override
    public void read(int node) {
        openInstructions++;
        openReads++;
    }

    @Override
    public void constant(float value) {
        openInstructions++;
    }

    @Override
    public void apply(Expr.Function function) {
        openInstructions++;
    }

    @Override
    public void apply(Expr.Operation operation) {
        openInstructions++;
    }

    @Override
    public void end(boolean complete) {
        if (complete) {
            instructions = Math.addExact(instructions, openInstructions);
            reads += openReads;
        }
    }
}
