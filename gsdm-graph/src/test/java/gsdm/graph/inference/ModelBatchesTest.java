package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;

import gsdm.graph.model.Conditioning;
import gsdm.graph.model.Scale;
import gsdm.nn.diffusion.Streams;
import gsdm.nn.layout.EmbeddingKind;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.train.Batch;
import gsdm.nn.train.BatchPart;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/** Of a model with discrete arrays. */
class ModelBatchesTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int EXAMPLES = 3;
    private static final int NODES = 13;
    private static final int VALUES = 19;
    private static final Conditioning OBSERVED = Conditioning.parse("x:0.5, mood?0.5 | kind");

    private final Arena arena = Arena.ofShared();
    private VariableLayout layout;

    private Backend backend;

    @BeforeEach
    void open() {
        backend = Backends.open("scalar", 2);
        layout = Layouts.of(Mixture.MODEL, EmbeddingKind.EE, Scale.estimate(Mixture.MODEL, 0));
    }

    @AfterEach
    void close() {
        backend.close();
        arena.close();
    }

    private ModelBatches batches(long seed) {
        return batches(seed, backend);
    }

    private ModelBatches batches(long seed, Backend backend) {
        return new ModelBatches(backend, Mixture.MODEL, OBSERVED, layout, true, seed, EXAMPLES);
    }

    private Batch empty() {
        return new Batch(
                BatchPart.whole(EXAMPLES),
                arena.allocate(FLOAT, EXAMPLES * VALUES),
                arena.allocate(FLOAT, EXAMPLES * NODES));
    }

    private float[] values(ModelBatches batches, long step) {
        Batch batch = empty();
        batches.fill(step, batch);
        return batch.values().toArray(FLOAT);
    }

    /** What every run rests on; other labels or another order would be another run. */
    @Test
    void anExampleIsAFunctionOfSeedStepAndNumber() {
        Batch batch = empty();
        batches(7).fill(5, batch);
        long seed = RandomStream.seed(7);
        long values = RandomStream.fork(RandomStream.fork(seed, Streams.DATA), 5);
        long observations = RandomStream.fork(RandomStream.fork(seed, Streams.DATA + 1), 5);
        ValueCodec codec = new ValueCodec(layout);
        for (int example = 0; example < EXAMPLES; example++) {
            float[] drawn = new float[NODES];
            Mixture.MODEL.sampler().draw(RandomStream.fork(values, example), drawn);
            float[] found = new float[NODES];
            codec.decode(batch.values(), example, found, 0);
            assertThat(found).containsExactly(drawn);
            float[] observed = new float[NODES];
            OBSERVED.sampler(Mixture.MODEL)
                    .draw(
                            RandomStream.fork(observations, example),
                            MemorySegment.ofArray(observed),
                            0);
            float[] all = batch.observed().toArray(FLOAT);
            assertThat(Arrays.copyOfRange(all, example * NODES, (example + 1) * NODES))
                    .containsExactly(observed);
        }
    }

    @Test
    void everyStepAndSeedHasExamplesOfItsOwn() {
        ModelBatches batches = batches(7);
        float[] fifth = values(batches, 5);
        assertThat(values(batches, 6)).isNotEqualTo(fifth);
        assertThat(values(batches(8), 5)).isNotEqualTo(fifth);
        assertThat(values(batches, 5)).containsExactly(fifth);
    }

    /** More threads than examples among them. */
    @Test
    void aBatchIsTheSameOnAnyNumberOfThreads() {
        float[] onTwo = values(batches(7), 5);
        for (int threads : new int[] {1, 3, 5}) {
            try (Backend other = Backends.open("scalar", threads)) {
                assertThat(values(batches(7, other), 5)).containsExactly(onTwo);
            }
        }
    }

    @Test
    void aBatchAllocatesNothing() {
        ModelBatches batches = batches(7);
        Batch batch = empty();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int step = 1; step <= 50; step++) {
                batches.fill(step, batch);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isLessThan(1024);
    }
}
