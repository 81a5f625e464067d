package gsdm.graph.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

class TiesTest {

    /** Arrays over exchangeable plates but for o, and what may be defined from them. */
    private static final class Given {
        final ModelBuilder m;
        final Plate i;
        final Plate j;
        final Plate k;
        final Plate l;
        final Plate o;
        final Array x; // [i, k]
        final Array z; // [j, k]
        final Array w; // [k]
        final Array v; // [l]
        final Array q; // [k, l]
        final Array p; // [i, o]
        final Array u; // [o]
        final Array s; // [k, o]

        Given(ModelBuilder m) {
            this.m = m;
            i = m.plate("i", 3);
            j = m.plate("j", 2);
            k = m.plate("k", 4);
            l = m.plate("l", 5);
            o = m.ordered("o", 4);
            x = m.normal("X", i, k);
            z = m.normal("Z", j, k);
            w = m.normal("w", k);
            v = m.normal("v", l);
            q = m.normal("Q", k, l);
            p = m.normal("P", i, o);
            u = m.normal("u", o);
            s = m.normal("S", k, o);
            for (Array each : List.of(x, z, w, v, q, p, u, s)) {
                m.let("of" + each.name(), each.here(), each.plates().toArray(Plate[]::new));
            }
        }
    }

    private static GraphicalModel model(Function<Given, Expr> y) {
        return GraphicalModel.define(m -> {
            Given given = new Given(m);
            Expr expr = y.apply(given);
            m.let("y", expr, expr.free().toArray(Plate[]::new));
        });
    }

    private static List<String> ties(Function<Given, Expr> y) {
        return model(y).ties().stream().map(Tie::toString).toList();
    }

    @Test
    void factorsOfASummedProductAreTied() {
        List<String> xWithW = List.of("X[i, k] with w[k] in y");
        assertThat(ties(g -> g.x.here().times(g.w.here()).sum(g.k))).isEqualTo(xWithW);
        assertThat(ties(g -> g.w.here().times(g.x.here()).sum(g.k)))
                .containsExactly("w[k] with X[i, k] in y");
        assertThat(ties(g -> g.x.here().times(g.w.here()).mean(g.k).tanh().plus(g.v.here())))
                .isEqualTo(xWithW);
        assertThat(ties(g -> g.x.here().times(g.w.here()).max(g.k))).isEqualTo(xWithW);
        assertThat(ties(g -> g.x.here().times(g.w.here()).sum(g.i, g.k))).isEqualTo(xWithW);
        assertThat(ties(g -> g.x.here().max(g.w.here()).sum(g.k))).isEqualTo(xWithW);
        assertThat(ties(g -> g.x.here().times(g.z.here()).sum(g.k)))
                .containsExactly("X[i, k] with Z[j, k] in y");
        assertThat(ties(g -> g.x.here().times(g.z.here()).times(g.w.here()).sum(g.k)))
                .containsExactly(
                        "X[i, k] with Z[j, k] in y",
                        "X[i, k] with w[k] in y",
                        "Z[j, k] with w[k] in y");
    }

    @Test
    void anArrayIsTiedToItself() {
        Function<Given, Expr> gram =
                g -> {
                    Plate other = g.m.plate("h", 3);
                    return g.x.at(g.i, g.k).times(g.x.at(other, g.k)).sum(g.k);
                };
        assertThat(ties(gram)).containsExactly("X[i, k] with X[h, k] in y");
    }

    @Test
    void aBilinearFormTiesEachVectorToTheMatrix() {
        assertThat(ties(g -> g.w.here().times(g.q.here()).times(g.v.here()).sum(g.k, g.l)))
                .containsExactly("w[k] with Q[k, l] in y", "Q[k, l] with v[l] in y");
    }

    @Test
    void theTermsOfASumAreNotTied() {
        assertThat(ties(g -> g.x.here().plus(g.w.here()).sum(g.k))).isEmpty();
        assertThat(ties(g -> g.x.here().minus(g.w.here()).sum(g.i).mean(g.k))).isEmpty();
        assertThat(ties(g -> g.x.here().plus(g.w.here()).times(2).sum(g.k))).isEmpty();
        assertThat(ties(g -> Expr.constant(0.25).times(g.x.here().sum(g.k)).sum(g.i))).isEmpty();
        assertThat(ties(g -> g.x.here().sum(g.k).times(g.w.here().sum(g.k)))).isEmpty();
        assertThat(ties(g -> g.x.here().sum(g.k).plus(g.w.here().sum(g.k)).tanh())).isEmpty();
        assertThat(ties(g -> g.x.here().times(g.w.here()).plus(g.z.here()).sum(g.k)))
                .containsExactly("X[i, k] with w[k] in y");
    }

    @Test
    void whatIsNotASumTiesTheTermsInIt() {
        List<String> xWithW = List.of("X[i, k] with w[k] in y");
        assertThat(ties(g -> g.x.here().plus(g.w.here()).relu().sum(g.k))).isEqualTo(xWithW);
        assertThat(ties(g -> g.x.here().plus(g.w.here()).max(g.k))).isEqualTo(xWithW);
    }

    /** A network of one hidden layer, written as one expression. */
    @Test
    void whatMeetsInAReductionFurtherInIsTied() {
        assertThat(
                        ties(g ->
                                g.q.here()
                                        .times(g.x.here())
                                        .sum(g.k)
                                        .tanh()
                                        .times(g.v.here())
                                        .sum(g.l)))
                .containsExactly("Q[k, l] with v[l] in y", "Q[k, l] with X[i, k] in y");
        assertThat(ties(g -> g.q.here().times(g.x.here()).sum(g.k).tanh().sum(g.l)))
                .containsExactly("Q[k, l] with Q[k', l] in y", "Q[k, l] with X[i, k] in y");
        assertThat(ties(g -> g.q.here().max(g.k).sum(g.l)))
                .containsExactly("Q[k, l] with Q[k', l] in y");
        assertThat(ties(g -> g.q.here().sum(g.k).sum(g.l))).isEmpty();
        assertThat(ties(g -> g.q.here().sum(g.k).tanh())).isEmpty();
    }

    @Test
    void embeddingsThatTellAnIndexNeedNoTie() {
        assertThat(ties(g -> g.p.here().times(g.u.here()).sum(g.o))).isEmpty();
        assertThat(ties(g -> g.s.here().times(g.w.here()).sum(g.o))).isEmpty();
        assertThat(ties(g -> g.s.here().times(g.w.here()).sum(g.o, g.k)))
                .containsExactly("S[k, o] with w[k] in y");
        assertThat(
                        ties(g -> {
                            g.m.embedBy(g.x, g.k);
                            g.m.embedBy(g.w, g.k);
                            return g.x.here().times(g.w.here()).sum(g.k);
                        }))
                .isEmpty();
        assertThat(
                        ties(g -> {
                            g.m.embedBy(g.u);
                            return g.p.here().times(g.u.here()).sum(g.o);
                        }))
                .containsExactly("P[i, o] with u[o] in y");
    }

    @Test
    void aSumWrittenOutIsTiedLikeOne() {
        Function<Given, Function<Integer, Expr>> product =
                g -> at -> g.x.at(g.i, Index.constant(at)).times(g.w.at(Index.constant(at)));
        assertThat(ties(g -> product.apply(g).apply(0).plus(product.apply(g).apply(2))))
                .containsExactly("X[i, 0] with w[0] in y", "X[i, 2] with w[2] in y");
        assertThat(ties(g -> product.apply(g).apply(0))).isEmpty();
    }

    @Test
    void aTieIsFoundOnce() {
        assertThat(
                        ties(g ->
                                g.x.here()
                                        .times(g.w.here())
                                        .plus(g.w.here().times(g.x.here()).tanh())
                                        .sum(g.k)))
                .containsExactly("X[i, k] with w[k] in y");
        assertThat(ties(g -> g.q.here().sum(g.k).tanh().plus(g.q.here().sum(g.k).exp()).sum(g.l)))
                .containsExactly("Q[k, l] with Q[k', l] in y");
    }

    @Test
    void anArrayOfProductsNeedsNoTie() {
        assertThat(Examples.factorization(3, 4, 2).ties()).isEmpty();
        assertThat(Examples.convolution().ties()).isEmpty();
        assertThat(ties(g -> g.x.here().times(g.w.here()))).isEmpty();
    }

    /** Its nodes see each other; what reads both does not change. */
    @Test
    void tiesAddEdgesBetweenPartnersOnly() {
        GraphicalModel model = model(g -> g.x.here().times(g.w.here()).sum(g.k));
        Set<List<Integer>> expected = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            for (int k = 0; k < 4; k++) {
                expected.add(List.of(model.offset("X") + i * 4 + k, model.offset("w") + k));
            }
        }
        assertThat(edges(model)).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void tiesOfAnArrayToItselfLeaveNoElementOut() {
        GraphicalModel model = model(g -> g.q.here().max(g.k).sum(g.l));
        Set<List<Integer>> expected = new HashSet<>();
        for (int k = 0; k < 4; k++) {
            for (int other = 0; other < 4; other++) {
                for (int l = 0; l < 5; l++) {
                    if (k != other) {
                        expected.add(
                                List.of(
                                        model.offset("Q") + k * 5 + l,
                                        model.offset("Q") + other * 5 + l));
                    }
                }
            }
        }
        assertThat(edges(model)).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void restrictingKeepsTheTiesOfKeptNodes() {
        GraphicalModel model = model(g -> g.q.here().times(g.x.here()).sum(g.k).tanh().sum(g.l));
        Plate k = model.plate("k");
        GraphicalModel part = model.restrict(Map.of(k, new int[] {1, 3}));
        Set<List<Integer>> expected = new HashSet<>();
        for (int a = 0; a < 2; a++) {
            for (int l = 0; l < 5; l++) {
                int q = part.offset("Q") + a * 5 + l;
                expected.add(List.of(q, part.offset("Q") + (1 - a) * 5 + l));
                for (int i = 0; i < 3; i++) {
                    expected.add(List.of(q, part.offset("X") + i * 2 + a));
                }
            }
        }
        assertThat(edges(part)).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static List<List<Integer>> edges(GraphicalModel model) {
        List<List<Integer>> edges = new ArrayList<>();
        for (Tie tie : model.ties()) {
            model.directedEdges(tie).forEach((from, to) -> edges.add(List.of(from, to)));
        }
        return edges;
    }
}
