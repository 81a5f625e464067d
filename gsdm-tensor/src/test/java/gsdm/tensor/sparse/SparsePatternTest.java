package gsdm.tensor.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;

class SparsePatternTest {
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void keepsWhatItIsGiven() {
        // 0: {1, 3}, 1: {}, 2: {0, 1, 2}
        SparsePattern pattern =
                SparsePattern.of(3, 4, ints(0, 2, 2, 5), ints(1, 3, 0, 1, 2), arena);
        assertThat(pattern.rows()).isEqualTo(3);
        assertThat(pattern.columns()).isEqualTo(4);
        assertThat(pattern.edges()).isEqualTo(5);
        assertThat(pattern.maxDegree()).isEqualTo(3);
        assertThat(pattern.degree(0)).isEqualTo(2);
        assertThat(pattern.degree(1)).isZero();
        assertThat(array(pattern.rowPointers())).containsExactly(0, 2, 2, 5);
        assertThat(array(pattern.columnIndices())).containsExactly(1, 3, 0, 1, 2);
        assertThat(pattern.rowPointers().address() % 64).isZero();
        assertThat(pattern.columnIndices().address() % 64).isZero();
        assertThat(pattern.rowPointers().isReadOnly()).isTrue();
        assertThat(pattern.columnIndices().isReadOnly()).isTrue();
        assertThat(pattern.contains(0, 3)).isTrue();
        assertThat(pattern.contains(0, 2)).isFalse();
        assertThat(pattern.contains(1, 0)).isFalse();
        assertThat(pattern).hasToString("SparsePattern[3 x 4, 5 edges]");
        assertThatThrownBy(() -> pattern.degree(3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeItIsBuilt() {
        PatternBuilder.requireFits(1000, 10_000, 48_000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PatternBuilder.requireFits(1000, 10_000, 47_999))
                .withMessageContaining("1000 rows and 10000 edges needs 0 MiB of Java heap");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PatternBuilder.requireFits(1000, 1L << 31, Long.MAX_VALUE))
                .withMessageContaining("found 2147483648");
    }

    @Test
    void emptyPatternsAreFine() {
        SparsePattern empty = SparsePattern.of(0, 0, ints(0), ints(), arena);
        assertThat(empty.edges()).isZero();
        assertThat(empty.maxDegree()).isZero();
        assertThat(empty.isSymmetric()).isTrue();
        assertThat(empty.hasSelfLoops()).isTrue();
        assertThat(SparsePattern.symmetrise(0, sink -> {}, arena).edges()).isZero();
        assertThat(SparsePattern.from(5, 0, sink -> {}, arena).rows()).isEqualTo(5);
        assertThat(GraphDiameter.of(empty)).isEqualTo(new GraphDiameter(0, 0, 0));
    }

    @Test
    void refusesWhatIsNotAPattern() {
        refuses(-1, 3, ints(0), ints(), "rows", "-1");
        refuses(1, -3, ints(0, 0), ints(), "columns", "-3");
        refuses(2, 2, ints(0, 1), ints(0), "rows + 1 = 3", "found 2");
        refuses(1, 2, ints(1, 1), ints(0), "start at 0", "found 1");
        refuses(1, 2, ints(0, 1), ints(0, 1), "end at", "2", "found 1");
        refuses(3, 9, ints(0, 2, 1, 3), ints(0, 1, 2), "must not decrease", "row 1");
        refuses(2, 9, ints(0, 7, 3), ints(0, 1, 2), "must not decrease", "row 0");
        refuses(2, 9, ints(0, -1, 3), ints(0, 1, 2), "must not decrease", "row 0");
        refuses(1, 2, ints(0, 2), ints(0, 2), "[0, 2)", "found 2", "row 0");
        refuses(2, 2, ints(0, 1, 2), ints(0, -2), "[0, 2)", "found -2", "row 1");
        refuses(1, 3, ints(0, 2), ints(1, 1), "increase strictly", "found 1 after 1");
        refuses(1, 3, ints(0, 2), ints(2, 1), "increase strictly", "found 1 after 2");
    }

    private void refuses(int rows, int columns, int[] pointers, int[] indices, String... parts) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SparsePattern.of(rows, columns, pointers, indices, arena))
                .satisfies(error -> assertThat(error.getMessage()).contains(parts));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 13, 207})
    void symmetriseMatchesAMatrix(int nodes) {
        for (int seed = 0; seed < 20; seed++) {
            boolean[][] expected = new boolean[nodes][nodes];
            int[][] edges = randomEdges(new Random(seed), nodes, 3 * nodes);
            for (int i = 0; i < nodes; i++) {
                expected[i][i] = true;
            }
            for (int[] edge : edges) {
                expected[edge[0]][edge[1]] = true;
                expected[edge[1]][edge[0]] = true;
            }
            SparsePattern pattern = SparsePattern.symmetrise(nodes, source(edges), arena);
            check("seed " + seed, pattern, expected);
            assertThat(pattern.isSymmetric()).isTrue();
            assertThat(pattern.hasSelfLoops()).isTrue();
        }
    }

    @Test
    void longRowsAreSorted() {
        int nodes = 4098;
        SparsePattern pattern =
                SparsePattern.symmetrise(
                        nodes,
                        sink -> {
                            for (int i = nodes - 1; i > 0; i--) {
                                sink.edge(0, i * 1025 % nodes == 0 ? 1 : i * 1025 % nodes);
                            }
                        },
                        arena);
        assertThat(pattern.degree(0)).isEqualTo(nodes);
        assertThat(pattern.maxDegree()).isEqualTo(nodes);
        assertThat(pattern.edges()).isEqualTo(nodes + 2 * (nodes - 1));
    }

    @Test
    void edgesOutsideTheGraphAreNamed() {
        for (int[] edge : new int[][] {{0, 3}, {3, 0}, {-1, 0}, {0, -1}}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SparsePattern.symmetrise(3, source(edge), arena))
                    .withMessageContaining("(%d, %d)".formatted(edge[0], edge[1]))
                    .withMessageContaining("[0, 3) x [0, 3)");
        }
    }

    @Test
    void sourcesThatChangeAreCaught() {
        int[][][] passes = {
            {{0, 1}, {1, 2}}, {{0, 1}}, {{0, 1}, {0, 2}}, {{0, 1}, {1, 2}, {1, 2}}, {{0, 9}, {1, 2}}
        };
        for (int second = 1; second < passes.length; second++) {
            int[] calls = {0};
            int[][] last = passes[second];
            EdgeSource source = sink -> source(calls[0]++ == 0 ? passes[0] : last).forEach(sink);
            assertThatThrownBy(() -> SparsePattern.from(3, 3, source, arena))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("same edges every time");
        }
    }

    @Test
    @Tag("slow")
    void tooManyEdgesAreRefusedBeforeAnyMemoryIsTaken() {
        SparsePattern dense = dense(3);
        EdgeSource huge =
                sink -> {
                    for (int repeat = 0; repeat < 240_000_000; repeat++) {
                        dense.forEach(sink);
                    }
                };
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SparsePattern.from(3, 3, huge, arena))
                .withMessageContaining("found 2160000000");
    }

    @Test
    void allPairsHaveAllDegreesAndLoops() {
        SparsePattern dense = dense(13);
        assertThat(dense.edges()).isEqualTo(169);
        assertThat(dense.maxDegree()).isEqualTo(13);
        assertThat(dense.isSymmetric()).isTrue();
        assertThat(dense.hasSelfLoops()).isTrue();
    }

    @Test
    void symmetryIsThatOfTheMatrix() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            boolean[][] matrix = randomMatrix(random, 1 + random.nextInt(40));
            boolean symmetric = matrix.length == matrix[0].length;
            for (int i = 0; i < matrix.length; i++) {
                for (int j = 0; j < matrix[0].length; j++) {
                    symmetric = symmetric && matrix[i][j] == matrix[j][i];
                }
            }
            assertThat(pattern(matrix).isSymmetric()).as("seed %d", seed).isEqualTo(symmetric);
        }
    }

    @Test
    void symmetryAndSelfLoopsAreSeenExactly() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int nodes = 2 + random.nextInt(6);
            boolean[][] matrix = new boolean[nodes][nodes];
            for (int i = 0; i < nodes; i++) {
                for (int j = 0; j <= i; j++) {
                    matrix[i][j] = random.nextBoolean() || i == j;
                    matrix[j][i] = matrix[i][j];
                }
            }
            assertThat(pattern(matrix).isSymmetric()).as("seed %d", seed).isTrue();
            assertThat(pattern(matrix).hasSelfLoops()).as("seed %d", seed).isTrue();
            int i = random.nextInt(nodes);
            int j = (i + 1 + random.nextInt(nodes - 1)) % nodes;
            matrix[i][j] = !matrix[i][j];
            matrix[i][i] = false;
            assertThat(pattern(matrix).isSymmetric()).as("seed %d", seed).isFalse();
            assertThat(pattern(matrix).hasSelfLoops()).as("seed %d", seed).isFalse();
        }
        assertThat(pattern(new boolean[2][3]).isSymmetric()).isFalse();
        assertThat(pattern(new boolean[2][3]).hasSelfLoops()).isFalse();
    }

    @Test
    void forEachGivesThePatternBack() {
        boolean[][] matrix = randomMatrix(new Random(3), 20);
        check("copy", SparsePattern.from(20, matrix[0].length, pattern(matrix), arena), matrix);
    }

    private SparsePattern dense(int nodes) {
        boolean[][] matrix = new boolean[nodes][nodes];
        for (boolean[] row : matrix) {
            Arrays.fill(row, true);
        }
        return pattern(matrix);
    }

    private SparsePattern pattern(boolean[][] matrix) {
        return SparsePattern.from(
                matrix.length,
                matrix[0].length,
                sink -> {
                    for (int i = matrix.length - 1; i >= 0; i--) {
                        for (int j = matrix[i].length - 1; j >= 0; j--) {
                            if (matrix[i][j]) {
                                sink.edge(i, j);
                            }
                        }
                    }
                },
                arena);
    }

    private static boolean[][] randomMatrix(Random random, int rows) {
        boolean[][] matrix = new boolean[rows][1 + random.nextInt(30)];
        for (boolean[] row : matrix) {
            for (int j = 0; j < row.length; j++) {
                row[j] = random.nextInt(4) == 0;
            }
        }
        return matrix;
    }

    private static int[][] randomEdges(Random random, int nodes, int count) {
        int[][] edges = new int[count][];
        for (int i = 0; i < count; i++) {
            edges[i] = ints(random.nextInt(nodes), random.nextInt(nodes));
        }
        return edges;
    }

    private static EdgeSource source(int[]... edges) {
        return sink -> {
            for (int[] edge : edges) {
                sink.edge(edge[0], edge[1]);
            }
        };
    }

    private static void check(String what, SparsePattern pattern, boolean[][] expected) {
        assertThat(pattern.rows()).as(what).isEqualTo(expected.length);
        int edge = 0;
        int longest = 0;
        int[] columns = array(pattern.columnIndices());
        int[] pointers = array(pattern.rowPointers());
        for (int i = 0; i < expected.length; i++) {
            assertThat(pointers[i]).as(what).isEqualTo(edge);
            for (int j = 0; j < expected[i].length; j++) {
                assertThat(pattern.contains(i, j)).as(what).isEqualTo(expected[i][j]);
                if (expected[i][j]) {
                    assertThat(columns[edge++]).as(what).isEqualTo(j);
                }
            }
            longest = Math.max(longest, edge - pointers[i]);
            assertThat(pattern.degree(i)).as(what).isEqualTo(edge - pointers[i]);
        }
        assertThat(pattern.edges()).as(what).isEqualTo(edge).isEqualTo(columns.length);
        assertThat(pattern.maxDegree()).as(what).isEqualTo(longest);
    }

    private static int[] array(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_INT);
    }

    private static int[] ints(int... values) {
        return values;
    }
}
