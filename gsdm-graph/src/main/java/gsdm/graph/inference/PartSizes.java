package gsdm.graph.inference;

import gsdm.graph.model.DefinitionSink;
import gsdm.graph.model.Expr;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.ModelException;
import gsdm.graph.model.Scale;
import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.layout.LayoutBudget;
import gsdm.tensor.sparse.EdgeSink;

import java.util.Arrays;

/** Counts what the layout of a model holds without making it. */
final class PartSizes implements EdgeSink, DefinitionSink {
    private static final int MOST = Integer.MAX_VALUE - 8;

    private final int[] degrees; // [N]
    private long edges;
    private long instructions;
    private long reads;
    private long openInstructions; // of the definition that began last
    private long openReads;

    private PartSizes(int nodes) {
        degrees = new int[nodes];
        Arrays.fill(degrees, 1); // to itself
        edges = nodes;
    }

    /**
     * Room for the layout of a model. Where two reads of a node meet, an edge counts twice.
     *
     * @param definitions whether its layout has the definitions of its nodes
     * @throws IllegalArgumentException if there is more of something than an int counts
     */
    static LayoutBudget of(GraphicalModel model, boolean definitions) {
        model.requireMaskFits();
        PartSizes sizes = new PartSizes(model.nodeCount());
        model.directedEdges().forEach(sizes);
        if (definitions) {
            model.definitions(sizes);
        }
        ArrayLayout last = Layouts.arrays(model.layout(), Scale.identities(model)).getLast();
        int edges = fits(sizes.edges, "edges, both ways and duplicates included");
        return new LayoutBudget(
                model.nodeCount(),
                last.valueOffset() + last.values(),
                edges,
                Arrays.stream(sizes.degrees).max().orElse(0),
                fits(sizes.instructions, "instructions in the definitions of its nodes"),
                fits(sizes.reads, "reads"));
    }

    private static int fits(long count, String what) {
        if (count > MOST) {
            throw new ModelException(
                    "the model has %d %s, of which a network takes at most %d: lower a plate or the budget of subgraphs"
                            .formatted(count, what, MOST));
        }
        return (int) count;
    }

    @Override
    public void edge(int from, int to) {
        degrees[from]++;
        degrees[to]++;
        edges += 2;
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
            instructions += openInstructions;
            reads += openReads;
        }
    }
}
