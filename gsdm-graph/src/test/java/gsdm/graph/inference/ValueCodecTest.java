package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.graph.model.Scale;
import gsdm.nn.layout.EmbeddingKind;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

class ValueCodecTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int NODES = 13;
    private static final int VALUES = 19;

    private final Arena arena = Arena.ofConfined();
    private ValueCodec codec;

    @BeforeEach
    void open() {
        codec =
                new ValueCodec(
                        Layouts.of(
                                Mixture.MODEL, EmbeddingKind.EE, Scale.estimate(Mixture.MODEL, 0)));
    }

    @AfterEach
    void close() {
        arena.close();
    }

    private MemorySegment nothing(int examples) {
        MemorySegment values = arena.allocate(FLOAT, (long) examples * VALUES);
        MemorySegment.copy(filled(examples * VALUES), 0, values, FLOAT, 0, examples * VALUES);
        return values;
    }

    private static float[] filled(int length) {
        float[] all = new float[length];
        Arrays.fill(all, 77);
        return all;
    }

    @Test
    void aCategoryIsOneAmongZeros() {
        float[] nodes = new float[NODES];
        float[] noiseAndX = {.1f, .2f, .3f, .4f, -1, -2, -3, -4};
        System.arraycopy(noiseAndX, 0, nodes, 0, 8);
        float[] categories = {1, 0, 0, 1, 2};
        System.arraycopy(categories, 0, nodes, 8, 5);
        MemorySegment values = nothing(3);
        codec.encode(nodes, values, 1);
        float[] all = values.toArray(FLOAT);
        assertThat(Arrays.copyOfRange(all, VALUES, 2 * VALUES))
                .startsWith(noiseAndX)
                .endsWith(0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 1);
        assertThat(Arrays.copyOfRange(all, 0, VALUES)).containsOnly(77);
        assertThat(Arrays.copyOfRange(all, 2 * VALUES, 3 * VALUES)).containsOnly(77);
    }

    @Test
    void whatIsEncodedIsDecoded() {
        float[] nodes = new float[NODES];
        MemorySegment values = nothing(2);
        for (int example = 0; example < 20; example++) {
            Mixture.MODEL.sampler().draw(RandomStream.seed(example), nodes);
            codec.encode(nodes, values, example % 2);
            float[] back = filled(NODES + 3);
            codec.decode(values, example % 2, back, 2);
            assertThat(Arrays.copyOfRange(back, 2, 2 + NODES)).containsExactly(nodes);
            assertThat(new float[] {back[0], back[1], back[NODES + 2]}).containsOnly(77);
        }
    }

    @Test
    void theMostProbableCategoryIsTakenTheFirstOfEquals() {
        MemorySegment values = nothing(1);
        float[] kinds = {.4f, .6f, .6f, .4f, .5f, .5f, -3, -4};
        float[] mood = {-.2f, .7f, .1f};
        MemorySegment.copy(kinds, 0, values, FLOAT, 4 * 8, 8);
        MemorySegment.copy(mood, 0, values, FLOAT, 4 * 16, 3);
        float[] nodes = new float[NODES];
        codec.decode(values, 0, nodes, 0);
        assertThat(Arrays.copyOfRange(nodes, 8, NODES)).containsExactly(1, 0, 0, 0, 1);
    }

    /** Examples beside the one that is written stay as they are. */
    @Test
    void whatIsObservedIsShownAndTheRestIsZero() {
        float nan = Float.NaN;
        MemorySegment values = nothing(3);
        MemorySegment observed = nothing(3);
        codec.hide(1, values, observed);
        codec.show("x", new float[] {5, 6, 7, 8, -1, nan, -3, nan}, 1, 1, values, observed);
        codec.show("kind", new float[] {0, 0, 0, 0, nan, 1, nan, 0}, 1, 1, values, observed);
        codec.show("mood", new float[] {1, 2}, 1, 1, values, observed);
        float[] all = values.toArray(FLOAT);
        assertThat(Arrays.copyOfRange(all, VALUES, 2 * VALUES))
                .containsExactly(0, 0, 0, 0, -1, 0, -3, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1);
        float[] flags = observed.toArray(FLOAT);
        assertThat(Arrays.copyOfRange(flags, NODES, 2 * NODES))
                .containsExactly(0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 1);
        for (int other : new int[] {0, 2}) {
            assertThat(Arrays.copyOfRange(all, other * VALUES, (other + 1) * VALUES))
                    .containsOnly(77);
            assertThat(Arrays.copyOfRange(flags, other * NODES, (other + 1) * NODES))
                    .containsOnly(77);
        }
    }
}
