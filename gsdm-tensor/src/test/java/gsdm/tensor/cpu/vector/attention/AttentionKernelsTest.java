package gsdm.tensor.cpu.vector.attention;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.ChildProcess;
import gsdm.tensor.program.Attention;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.SplittableRandom;

class AttentionKernelsTest {
    static final long SEED = 20;

    /** Random edges, about four a row; every third row empty if one-way; node N / 2 knows all. */
    static boolean[][] pattern(int nodes, boolean symmetric) {
        SplittableRandom random = new SplittableRandom(SEED + nodes);
        boolean[][] linked = new boolean[nodes][nodes];
        for (int i = 0; i < nodes; i++) {
            for (int e = 0; e < 4; e++) {
                int j = random.nextInt(nodes);
                linked[i][j] |= symmetric || i % 3 != 0;
                linked[j][i] |= symmetric;
            }
            linked[i][i] |= symmetric;
            linked[nodes / 2][i] = true;
            linked[i][nodes / 2] |= symmetric;
        }
        return linked;
    }

    @ParameterizedTest
    @CsvSource({
        "SPARSE, 1, 1, 32, 1, true",
        "SPARSE, 3, 13, 64, 4, false",
        "SPARSE, 2, 207, 64, 4, true",
        "SPARSE, 2, 207, 64, 4, false",
        "SPARSE, 1, 1000, 32, 2, true",
        "SPARSE, 1, 207, 96, 4, false",
        "SPARSE, 2, 207, 20, 5, false",
        "SPARSE, 2, 207, 20, 1, true",
        "SPARSE, 1, 207, 128, 1, true",
        "SPARSE, 1, 207, 64, 64, false",
        "SPARSE, 1, 207, 96, 12, true",
        "SPARSE, 2, 1, 64, 4, true",
        "SPARSE, 3, 13, 64, 4, true",
        "SPARSE, 1, 1000, 64, 4, true",
        "SPARSE, 2, 207, 128, 8, true",
        "DENSE, 1, 1, 32, 1, true",
        "DENSE, 2, 207, 64, 4, true",
        "DENSE, 3, 13, 20, 5, true",
        "PADDED, 1, 1, 32, 1, true",
        "PADDED, 3, 13, 64, 4, false",
        "PADDED, 2, 207, 64, 4, true",
        "PADDED, 2, 207, 20, 5, false",
    })
    void matchesDoublePrecision(
            Attention.Neighbours how,
            int batch,
            int nodes,
            int channels,
            int heads,
            boolean symmetric) {
        boolean[][] linked = pattern(nodes, symmetric);
        AttentionCase test = new AttentionCase(how, batch, channels, heads, linked, 1, SEED);
        AttentionReference expected =
                new AttentionReference(test, how == Attention.Neighbours.DENSE);
        AttentionCase.Results found = test.run(2, Runnable::run);
        assertClose("out", found.out(), expected.out, 2e-6);
        assertClose("logSumExp", found.logSumExp(), expected.logSumExp, 1e-6);
        assertClose("dQkv", found.dQkv(), expected.dQkv, 3e-6);
    }

    @Test
    void largeScoresNeitherOverflowNorVanish() {
        boolean[][] linked = pattern(207, false);
        AttentionCase test =
                new AttentionCase(Attention.Neighbours.SPARSE, 1, 64, 4, linked, 12, SEED);
        AttentionReference expected = new AttentionReference(test, false);
        AttentionCase.Results found = test.run(2, Runnable::run);
        assertClose("out", found.out(), expected.out, 1e-3);
        assertClose("logSumExp", found.logSumExp(), expected.logSumExp, 1e-6);
        assertClose("dQkv", found.dQkv(), expected.dQkv, 1e-3);
    }

    @Test
    void nanSpreadsToThoseWhoAttendToIt() {
        boolean[][] linked = new boolean[13][13];
        for (int i = 0; i < 13; i++) {
            linked[i][i] = true;
            linked[i][0] = i < 5;
        }
        AttentionCase test =
                new AttentionCase(Attention.Neighbours.SPARSE, 1, 32, 2, linked, 1, SEED);
        test.qkv[32] = Float.NaN; // a key of node 0
        float[] out = test.run(1, Runnable::run).out();
        for (int i = 0; i < 13; i++) {
            assertThat(Float.isNaN(out[32 * i])).as("node %d", i).isEqualTo(i < 5);
        }
    }

    @ParameterizedTest
    @CsvSource({"SPARSE, true", "SPARSE, false", "DENSE, false", "PADDED, false"})
    void threadsDoNotMatter(Attention.Neighbours how, boolean symmetric) {
        AttentionCase test = new AttentionCase(how, 2, 64, 4, pattern(207, symmetric), 1, SEED);
        AttentionCase.Results one = test.run(1, Runnable::run);
        AttentionCase.Results many = test.run(5, AttentionKernelsTest::runOften);
        assertThat(many.out()).isEqualTo(one.out());
        assertThat(many.logSumExp()).isEqualTo(one.logSumExp());
        assertThat(many.dQkv()).isEqualTo(one.dQkv());
    }

    /** Interpreted at first, compiled in the end. */
    private static void runOften(Runnable step) {
        for (int i = 0; i < 300; i++) {
            step.run();
        }
    }

    @ParameterizedTest
    @CsvSource({"SPARSE, true", "SPARSE, false", "DENSE, false", "PADDED, false"})
    void allocatesNothingOnceCompiled(String how, String symmetric) throws Exception {
        assertThat(
                        ChildProcess.output(
                                List.of(ChildProcess.VECTORS),
                                AttentionAllocation.class,
                                how,
                                symmetric))
                .isEqualTo("0");
    }

    /** Relative to the largest value expected; a value that is not finite has to be met exactly. */
    private static void assertClose(
            String name, float[] found, double[] expected, double tolerance) {
        double largest = 0;
        for (double value : expected) {
            largest = Double.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest;
        }
        for (int i = 0; i < expected.length; i++) {
            boolean close =
                    found[i] == expected[i]
                            || Math.abs(found[i] - expected[i]) <= tolerance * largest;
            assertThat(close)
                    .as("%s[%d]: %s, expected %s, seed %d", name, i, found[i], expected[i], SEED)
                    .isTrue();
        }
    }
}
