package gsdm.tensor.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.util.Random;

class GraphDiameterTest {
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void pathsCyclesAndStars() {
        for (int nodes : new int[] {1, 2, 13, 207, 4098}) {
            SparsePattern path = chain(nodes, nodes - 1);
            assertThat(GraphDiameter.of(path)).isEqualTo(exact(nodes - 1, 1));
            assertThat(GraphDiameter.of(chain(nodes, nodes))).isEqualTo(exact(nodes / 2, 1));
        }
        SparsePattern star =
                SparsePattern.symmetrise(
                        9,
                        sink -> {
                            for (int i = 0; i < 8; i++) {
                                sink.edge(i, 8);
                            }
                        },
                        arena);
        assertThat(GraphDiameter.of(star)).isEqualTo(exact(2, 1));
    }

    @Test
    void randomGraphsMatchAllPairs() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int nodes = 1 + random.nextInt(40);
            int edges = random.nextInt(2 * nodes);
            int[] ends = random.ints(2L * edges, 0, nodes).toArray();
            SparsePattern pattern =
                    SparsePattern.symmetrise(
                            nodes,
                            sink -> {
                                for (int i = 0; i < edges; i++) {
                                    sink.edge(ends[2 * i], ends[2 * i + 1]);
                                }
                            },
                            arena);
            int[][] distance = allPairs(pattern);
            int diameter = 0;
            int components = 0;
            for (int i = 0; i < nodes; i++) {
                int farthest = 0;
                int first = i;
                for (int j = 0; j < nodes; j++) {
                    if (distance[i][j] < Integer.MAX_VALUE) {
                        farthest = Math.max(farthest, distance[i][j]);
                        first = Math.min(first, j);
                    }
                }
                components += first == i ? 1 : 0;
                diameter = Math.max(diameter, farthest);
            }
            assertThat(GraphDiameter.of(pattern))
                    .as("seed %d", seed)
                    .isEqualTo(exact(diameter, components));
        }
    }

    @Test
    void manyComponentsAreCounted() {
        SparsePattern isolated = SparsePattern.symmetrise(4098, sink -> {}, arena);
        assertThat(GraphDiameter.of(isolated)).isEqualTo(exact(0, 4098));
    }

    /** A graph too large for all pairs: the bounds must still hold. */
    @Test
    void boundsHoldWhereWorkRunsOut() {
        int side = 200;
        SparsePattern torus =
                SparsePattern.symmetrise(
                        side * side,
                        sink -> {
                            for (int i = 0; i < side; i++) {
                                for (int j = 0; j < side; j++) {
                                    sink.edge(i * side + j, i * side + (j + 1) % side);
                                    sink.edge(i * side + j, (i + 1) % side * side + j);
                                }
                            }
                        },
                        arena);
        GraphDiameter diameter = GraphDiameter.of(torus);
        assertThat(diameter.lower()).isEqualTo(side);
        assertThat(diameter.upper()).isBetween(side, 2 * side);
        assertThat(diameter.isExact()).isFalse();
        assertThat(diameter.components()).isEqualTo(1);
    }

    @Test
    void wrongArgumentsAreRefused() {
        SparsePattern directed = SparsePattern.from(2, 2, sink -> sink.edge(0, 1), arena);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GraphDiameter.of(directed))
                .withMessageContaining("symmetric");
        assertThatIllegalArgumentException().isThrownBy(() -> new GraphDiameter(3, 2, 1));
    }

    private SparsePattern chain(int nodes, int links) {
        return SparsePattern.symmetrise(
                nodes,
                sink -> {
                    for (int i = 0; i < links; i++) {
                        sink.edge(i, (i + 1) % nodes);
                    }
                },
                arena);
    }

    private static GraphDiameter exact(int diameter, int components) {
        return new GraphDiameter(diameter, diameter, components);
    }

    private static int[][] allPairs(SparsePattern pattern) {
        int nodes = pattern.rows();
        int[][] distance = new int[nodes][nodes];
        for (int i = 0; i < nodes; i++) {
            for (int j = 0; j < nodes; j++) {
                distance[i][j] = i == j ? 0 : pattern.contains(i, j) ? 1 : Integer.MAX_VALUE;
            }
        }
        for (int k = 0; k < nodes; k++) {
            for (int i = 0; i < nodes; i++) {
                for (int j = 0; j < nodes; j++) {
                    long through = (long) distance[i][k] + distance[k][j];
                    distance[i][j] = (int) Math.min(distance[i][j], through);
                }
            }
        }
        return distance;
    }
}
