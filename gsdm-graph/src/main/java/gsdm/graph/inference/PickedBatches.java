package gsdm.graph.inference;

import gsdm.nn.layout.VariableLayout;
import gsdm.nn.train.Batch;
import gsdm.nn.train.BatchSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntConsumer;

/**
 * Examples of some nodes of a model, drawn whole. It draws with those of the whole, which are not
 * to be filled at the same time. Allocates nothing after it is made.
 */
final class PickedBatches implements BatchSource {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final ModelBatches whole;
    private final int[] nodes;
    private final ValueCodec codec;
    private final float[][] values; // [threads][nodes picked]
    private final MemorySegment[] observed; // [threads], of all nodes
    private final IntConsumer fillPart = this::fillPart;
    private Batch batch;

    /**
     * Those of a model at some nodes.
     *
     * @param nodes their numbers in the whole, ascending
     * @param layout of these nodes
     */
    PickedBatches(ModelBatches whole, int[] nodes, VariableLayout layout) {
        this.whole = whole;
        this.nodes = nodes;
        this.codec = new ValueCodec(layout);
        this.values = new float[whole.parts()][nodes.length];
        this.observed = new MemorySegment[whole.parts()];
        for (int part = 0; part < observed.length; part++) {
            observed[part] = MemorySegment.ofArray(new float[whole.nodes()]);
        }
    }

    @Override
    public void fill(long step, Batch toFill) {
        batch = toFill;
        whole.begin(step);
        whole.share(fillPart);
    }

    private void fillPart(int part) {
        int end = whole.start(part + 1, batch);
        for (int b = whole.start(part, batch); b < end; b++) {
            float[] drawn = whole.draw(part, batch.number(b), observed[part], 0);
            long first = (long) b * nodes.length;
            for (int n = 0; n < nodes.length; n++) {
                values[part][n] = drawn[nodes[n]];
                float seen = observed[part].getAtIndex(FLOAT, nodes[n]);
                batch.observed().setAtIndex(FLOAT, first + n, seen);
            }
            codec.encode(values[part], batch.values(), b);
        }
    }
}
