package gsdm.graph.inference;

import gsdm.graph.gibbs.Chain;
import gsdm.graph.gibbs.Moves;
import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.train.Batch;
import gsdm.nn.train.BatchSource;
import gsdm.nn.train.Noising;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.random.RandomStream;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Examples of a whole model, whose targets are refined by short Gibbs chains from what was drawn,
 * on the backend's threads. Allocates nothing.
 */
final class RefinedBatches implements BatchSource {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final Backend backend;
    private final BatchSource drawn;
    private final ValueCodec codec;
    private final List<ArrayLayout> arrays;
    private final int sweeps;
    private final long key;
    private final ThreadChain[] parts;
    private final IntConsumer refinePart = this::refinePart;
    private long stepKey;
    private Batch batch;
    private Noising noising;
    private MemorySegment targets;

    /**
     * Refines the targets of a run.
     *
     * @param drawn the examples, of the whole model
     * @param layout of the whole model
     */
    RefinedBatches(
            Backend backend,
            BatchSource drawn,
            Moves moves,
            VariableLayout layout,
            RunHeader header) {
        this.backend = backend;
        this.drawn = drawn;
        this.codec = new ValueCodec(layout);
        this.arrays = layout.arrays();
        this.sweeps = header.settings().training().gibbsSweeps();
        this.key = RandomStream.fork(RandomStream.seed(header.seed()), Keys.SWEEPS);
        int examples = header.settings().training().batch();
        this.parts = new ThreadChain[Math.min(examples, backend.threads())];
        Arrays.setAll(parts, _ -> ThreadChain.of(moves, layout));
    }

    @Override
    public void fill(long step, Batch toFill) {
        stepKey = RandomStream.fork(key, step);
        drawn.fill(step, toFill);
    }

    @Override
    public void refine(Batch filled, Noising noised, MemorySegment toWrite) {
        batch = filled;
        noising = noised;
        targets = toWrite;
        backend.share(parts.length, refinePart);
    }

    private void refinePart(int part) {
        int end = batch.examples() * (part + 1) / parts.length;
        for (int b = batch.examples() * part / parts.length; b < end; b++) {
            refine(parts[part], b);
        }
    }

    private void refine(ThreadChain by, int b) {
        codec.decode(batch.values(), b, by.values(), 0);
        by.known()
                .begin(
                        by.values(),
                        batch.observed(),
                        (long) b * codec.nodes(),
                        noising.key(b),
                        noising.signal(b),
                        noising.level(b));
        by.chain().begin(by.values());
        by.chain().average(sweeps, RandomStream.fork(stepKey, batch.number(b)));
        long first = (long) b * codec.values();
        for (int a = 0; a < arrays.size(); a++) {
            write(by.chain(), arrays.get(a), first);
        }
    }

    private void write(Chain chain, ArrayLayout array, long first) {
        for (int n = 0; n < array.nodes(); n++) {
            int node = array.nodeOffset() + n;
            long at = first + array.valueOffset() + (long) n * array.options();
            if (array.options() == 1) {
                targets.setAtIndex(FLOAT, at, (float) (chain.shift(node) / array.std()));
            } else {
                for (int option = 0; option < array.options(); option++) {
                    float probability = (float) chain.probability(node, option);
                    targets.setAtIndex(FLOAT, at + option, probability);
                }
            }
        }
    }
}
