package gsdm.graph.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.tensor.sparse.SparsePattern;

import org.junit.jupiter.api.Test;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

class EdgesTest {
    private record Edge(int from, int to) {}

    private static List<Edge> edges(GraphicalModel model) {
        List<Edge> edges = new ArrayList<>();
        model.directedEdges().forEach((from, to) -> edges.add(new Edge(from, to)));
        return edges;
    }

    @Test
    void factorizationLinksProductsToFactorsAndSums() {
        GraphicalModel model = Examples.factorization(3, 4, 2);
        Set<Edge> expected = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 4; j++) {
                for (int k = 0; k < 2; k++) {
                    int c = 6 + 8 + (i * 4 + j) * 2 + k;
                    expected.add(new Edge(i * 2 + k, c));
                    expected.add(new Edge(6 + j * 2 + k, c));
                    expected.add(new Edge(c, 6 + 8 + 24 + i * 4 + j));
                }
            }
        }
        assertThat(edges(model)).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void convolutionLinksEachProductToItsPixelAndWeight() {
        GraphicalModel model = Examples.convolution();
        Set<Edge> expected = new HashSet<>();
        int w = model.offset("W");
        int p = model.offset("P");
        int s = model.offset("S");
        for (int n = 0; n < 3; n++) {
            for (int o = 0; o < 2; o++) {
                for (int y = 0; y < 4; y++) {
                    for (int x = 0; x < 4; x++) {
                        int sum = s + ((n * 2 + o) * 4 + y) * 4 + x;
                        expected.add(new Edge(model.offset("b") + o, sum));
                        expected.add(
                                new Edge(
                                        sum,
                                        model.offset("Q") + ((n * 2 + o) * 2 + y / 2) * 2 + x / 2));
                        for (int tap = 0; tap < 6; tap++) {
                            int product = p + (((n * 2 + o) * 4 + y) * 4 + x) * 6 + tap;
                            int row = 2 * y + tap / 2;
                            int column = 2 * x + tap % 2 + 1;
                            expected.add(new Edge((n * 10 + row) * 9 + column, product));
                            expected.add(new Edge(w + o * 6 + tap, product));
                            expected.add(new Edge(product, sum));
                        }
                    }
                }
            }
        }
        assertThat(edges(model)).containsExactlyInAnyOrderElementsOf(expected);
    }

    /** E and all it reads, and each A[i, k] with its R[k]. */
    @Test
    void anInlineExpressionMakesNoNodeButTiesWhatItReadsTogether() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 3);
                    Plate k = m.plate("k", 2);
                    Array a = m.normal("A", i, k);
                    Array r = m.normal("R", k);
                    m.let("E", a.at(i, k).times(r.at(k)).sum(k), i);
                });
        assertThat(model.nodeCount()).isEqualTo(6 + 2 + 3);
        Set<Edge> expected = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            for (int k = 0; k < 2; k++) {
                expected.add(new Edge(i * 2 + k, 8 + i));
                expected.add(new Edge(6 + k, 8 + i));
                expected.add(new Edge(i * 2 + k, 6 + k));
            }
        }
        assertThat(edges(model)).containsExactlyInAnyOrderElementsOf(expected);
    }

    /** Each cell with every cell of its row. */
    private static GraphicalModel rows(int rows, int cols) {
        return GraphicalModel.define(m -> {
            Plate r = m.ordered("r", rows);
            Plate c = m.ordered("c", cols);
            Plate d = m.ordered("d", cols);
            Array g = m.categorical("G", 3, r, c);
            m.link(g.at(r, c), g.at(r, d));
        });
    }

    @Test
    void aLinkTiesTheCellsOfARow() {
        SparsePattern mask = rows(2, 3).mask();
        for (int a = 0; a < 6; a++) {
            for (int b = 0; b < 6; b++) {
                assertThat(mask.contains(a, b)).isEqualTo(a / 3 == b / 3);
            }
        }
    }

    @Test
    void countsAtFullSizeFollowFromSizesBoundLate() {
        GraphicalModel model = Examples.factorization(2, 2, 2);
        GraphicalModel large = model.at(Map.of("i", 500, "j", 500, "k", 10));
        assertThat(large.nodeCount()).isEqualTo(2_760_000);
        long[] count = {0};
        large.directedEdges().forEach((from, to) -> count[0]++);
        assertThat(2 * count[0] + large.nodeCount()).isEqualTo(17_760_000);
        assertThat(model.nodeCount()).isEqualTo(4 + 4 + 8 + 4);
    }

    @Test
    void thereAreAsManyAsTheSizesOfPlatesTell() {
        for (GraphicalModel model :
                List.of(
                        Examples.factorization(3, 4, 2),
                        Examples.convolution(),
                        Examples.operations(),
                        Examples.outer(3, 4),
                        rows(2, 3))) {
            assertThat(new Edges(model).least()).isEqualTo(edges(model).size());
        }
    }

    /** Unseen: a walk along them takes minutes. */
    @Test
    void moreThanAMaskHoldsAreRefusedUnseen() {
        assertThatThrownBy(Examples.outer(40_000, 50_000)::mask)
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "the model has 4000210000 edges, both ways and duplicates included, of"
                            + " which an attention mask holds at most 2147483639: lower a plate");
        assertThatThrownBy(rows(2, 30_000)::mask)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("has 3599940000 edges");
        Examples.outer(30_000, 30_000).requireMaskFits();
    }

    @Test
    void definitionsAreAsLongAsTheSizesOfPlatesTell() {
        for (GraphicalModel model :
                List.of(
                        Examples.factorization(3, 4, 2),
                        Examples.convolution(),
                        Examples.operations())) {
            int[] instructions = {0};
            DefinitionSink sink =
                    (DefinitionSink)
                            Proxy.newProxyInstance(
                                    DefinitionSink.class.getClassLoader(),
                                    new Class<?>[] {DefinitionSink.class},
                                    (_, method, _) -> {
                                        boolean frame =
                                                Set.of("begin", "end").contains(method.getName());
                                        instructions[0] += frame ? 0 : 1;
                                        return null;
                                    });
            model.definitions(sink);
            assertThat(new Unrolled(model, sink).count()).isEqualTo(instructions[0]);
        }
    }

    @Test
    void definitionsLongerThanCanBeNumberedAreRefusedUnseen() {
        assertThatThrownBy(() -> Examples.outer(40_000, 50_000).definitions(null))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("are 7999960000 instructions")
                .hasMessageContaining("at most 2147483639: lower a plate");
    }

    @Test
    void maskHasEdgesBothWaysAndSelfLoops() {
        GraphicalModel model = Examples.factorization(16, 16, 10);
        SparsePattern mask = model.mask();
        assertThat(mask.rows()).isEqualTo(3136);
        assertThat(mask.edges()).isEqualTo(18_496);
        assertThat(mask.isSymmetric()).isTrue();
        assertThat(mask.hasSelfLoops()).isTrue();
    }

    /** A run asks for it when memory is checked, when it is trained, and at every evaluation. */
    @Test
    void edgesAreFoundOnce() {
        GraphicalModel model = Examples.factorization(4, 4, 2);
        SparsePattern mask = model.mask();
        assertThat(model.mask()).isSameAs(mask);
        assertThat(model.at(Map.of("i", 5)).mask().rows()).isEqualTo(mask.rows() + 2 + 8 + 4);
    }
}
