package gsdm.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.contract.TestProgram;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.Slot;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Two arrays, of continuous nodes and of nodes of three options, whole and in part. */
class NormalsTest {
    private static final long[] KEYS = {RandomStream.seed(1), -2};

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void theNumbersAreThoseOfTheStreamBitForBit(String device) {
        int[] all = IntStream.range(0, 2500).toArray();
        assertThat(draw(device, all, all)).containsExactly(singly(all, all));
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void aNodeHasTheSameNoiseInAnyPartOfTheModel(String device) {
        int[] some = {0, 1, 2, 3, 4, 5, 9, 10, 11, 13, 2000, 2001, Integer.MAX_VALUE};
        int[] others = {7, 5, 6, 3};
        assertThat(draw(device, some, others)).containsExactly(singly(some, others));
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void boundsThatLeaveOutValuesAreRefused(String device) {
        for (int[] bounds : new int[][] {{1, 3}, {0, 2}, {0, 4}}) {
            TestProgram program = new TestProgram(1);
            Dim x = program.dim("X", 3);
            Slot scales = program.input("scales", 1, Dim.of(1), Dim.of(2));
            Slot values = program.input("values", 1, program.dim("B", 2), x);
            program.builder.standardise(
                    values, scales, program.indices("bounds", bounds, Dim.of(2)));
            assertThatThrownBy(() -> run(program, device))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("must lie in [0, 3] and ascend from 0 to that");
        }
    }

    private static Map<Slot, float[]> run(TestProgram program, String device) {
        try (Backend backend = Backends.open(device, 2)) {
            return program.run(backend, program.extents());
        }
    }

    private static float[] draw(String device, int[] continuous, int[] discrete) {
        TestProgram program = new TestProgram(1);
        Dim b = program.dim("B", KEYS.length);
        int values = continuous.length + 3 * discrete.length;
        int[] keys = new int[2 * KEYS.length];
        for (int i = 0; i < KEYS.length; i++) {
            keys[2 * i] = (int) KEYS[i];
            keys[2 * i + 1] = (int) (KEYS[i] >>> Integer.SIZE);
        }
        int[] index = IntStream.concat(IntStream.of(continuous), IntStream.of(discrete)).toArray();
        int[] bounds = {0, continuous.length, values};
        Slot noise =
                program.builder.normals(
                        program.indices("keys", keys, b, Dim.of(2)),
                        program.indices("index", index, program.dim("N", index.length)),
                        List.of(
                                new NodeKind(program.dim("N1", continuous.length), 1),
                                new NodeKind(program.dim("N3", discrete.length), 3)),
                        program.indices("bounds", bounds, Dim.of(3)),
                        program.dim("X", values));
        Slot kept = program.output("noise", b, program.dim("X", values));
        program.builder.keep(noise, kept);
        return run(program, device).get(kept);
    }

    private static float[] singly(int[] continuous, int[] discrete) {
        List<Float> numbers = new ArrayList<>();
        for (long key : KEYS) {
            for (int index : continuous) {
                numbers.add(RandomStream.normal(RandomStream.fork(key, 0), index));
            }
            for (int index : discrete) {
                for (int option = 0; option < 3; option++) {
                    numbers.add(
                            RandomStream.normal(RandomStream.fork(key, 1), 3L * index + option));
                }
            }
        }
        float[] found = new float[numbers.size()];
        for (int i = 0; i < found.length; i++) {
            found[i] = numbers.get(i);
        }
        return found;
    }
}
