package gsdm.graph.model;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.graph.data.MnistImages;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** What a model is in words, and what is said where two differ. */
class IdentityTest {

    private static GraphicalModel model(UnaryOperator<Expr> change) {
        return GraphicalModel.define(m -> {
            Plate t = m.ordered("t", 4);
            Plate k = m.plate("k", 3);
            Array x = m.normal("x", t, k);
            Array w = m.uniform("w", -0.5, 0.5, k);
            Array c = m.categorical("c", 3, k);
            Expr sum = x.at(t, k).times(w.at(k)).sum(k);
            m.let("y", change.apply(sum), t);
            m.discrete("d", 3, c.at(k), k);
        });
    }

    private static final GraphicalModel MODEL = model(Expr::relu);

    @Test
    void aDefinitionReadsAsAFormula() {
        assertThat(MODEL.variables().stream().map(Variable::toString))
                .containsExactly(
                        "x[t, k] ~ normal(0.0, 1.0), embedded by [t]",
                        "w[k] ~ uniform(-0.5, 0.5)",
                        "c[k] ~ categorical(3), one of 3 categories",
                        "y[t] = relu(sum[k](x[t, k] * w[k])), embedded by [t]",
                        "d[k] = c[k], one of 3 categories");
    }

    @Test
    void differentExpressionsReadDifferently() {
        GraphicalModel.define(m -> {
            Plate t = m.ordered("t", 4);
            Expr a = m.normal("a", t).at(t);
            Expr b = m.normal("b", t).at(t);
            Expr c = m.normal("c", t).at(t);
            assertText(a.plus(b).plus(c), "a[t] + b[t] + c[t]");
            assertText(a.plus(b.plus(c)), "a[t] + (b[t] + c[t])");
            assertText(a.minus(b).plus(c), "a[t] - b[t] + c[t]");
            assertText(a.minus(b.plus(c)), "a[t] - (b[t] + c[t])");
            assertText(a.plus(b.times(c)), "a[t] + (b[t] * c[t])");
            assertText(a.plus(b).times(c), "(a[t] + b[t]) * c[t]");
            assertText(a.max(b).times(-2), "max(a[t], b[t]) * -2.0");
            assertText(a.exp().max(t), "max[t](exp(a[t]))");
            assertText(a.plus(b).tanh().mean(t), "mean[t](tanh(a[t] + b[t]))");
            Array d = m.normal("d", t);
            assertText(d.at(t.times(2).minus(1)), "d[2*t - 1]");
            assertText(d.at(t.times(-1).plus(3)), "d[-t + 3]");
            assertText(d.at(Index.constant(0)), "d[0]");
            m.let("e", a.plus(b).plus(c).plus(d.at(t)), t);
        });
    }

    private static void assertText(Expr expr, String text) {
        assertThat(expr).hasToString(text);
    }

    @Test
    void equalProgramsAreOneModel() {
        assertThat(MODEL.identity().differences(model(Expr::relu).identity())).isEmpty();
        assertThat(MODEL.identity().differences(MODEL.at(Map.of("t", 4)).identity())).isEmpty();
    }

    @Test
    void whatDiffersIsNamed() {
        assertThat(model(sum -> sum).identity().differences(MODEL.identity()))
                .isEqualTo(
                        "array y: y[t] = relu(sum[k](x[t, k] * w[k])), embedded by [t] there,"
                                + " y[t] = sum[k](x[t, k] * w[k]), embedded by [t] here");
        assertThat(model(sum -> sum.plus(1)).identity().differences(MODEL.identity()))
                .contains("array y");
        assertThat(MODEL.at(Map.of("k", 5)).identity().differences(MODEL.identity()))
                .isEqualTo("plate k: exchangeable, size 3 there, exchangeable, size 5 here");
        assertThat(MODEL.identity().differences(new Identity(Map.of())))
                .contains("none there", "; and ");
    }

    @Test
    void theIndicesKeptAreAPartOfIt() {
        BiFunction<Integer, Integer, Identity> kept =
                (a, b) -> MODEL.restrict(Map.of(MODEL.plate("k"), new int[] {a, b})).identity();
        assertThat(kept.apply(0, 1).differences(kept.apply(1, 0))).isEmpty();
        assertThat(kept.apply(0, 2).differences(kept.apply(0, 1)))
                .startsWith("plate k: exchangeable, size 3, 2 kept (");
        assertThat(MODEL.identity().differences(kept.apply(0, 1))).contains("plate k");
    }

    private static GraphicalModel pair(String second, double std, int link, boolean ordered) {
        return GraphicalModel.define(m -> {
            Plate i = ordered ? m.ordered("i", 3) : m.plate("i", 3);
            Array a = m.normal("a", 0, std, i);
            Array b = m.normal(second, i);
            m.let("c", a.at(i).plus(b.at(i)), i);
            m.link(a.at(i), b.at(Index.constant(link)));
        });
    }

    @Test
    void everyPartOfADefinitionCounts() {
        Identity first = pair("b", 1, 0, false).identity();
        assertThat(pair("B", 1, 0, false).identity().differences(first))
                .contains("array B: none there, B[i] ~ normal(0.0, 1.0) here", "c[i] = a[i] + B[i]")
                .endsWith("; and 1 more");
        assertThat(pair("b", 2, 0, false).identity().differences(first))
                .isEqualTo("array a: a[i] ~ normal(0.0, 1.0) there, a[i] ~ normal(0.0, 2.0) here");
        assertThat(pair("b", 1, 1, false).identity().differences(first))
                .isEqualTo("link 1: a[i] -- b[0] there, a[i] -- b[1] here");
        assertThat(pair("b", 1, 0, true).identity().differences(first)).contains("plate i: ");
    }

    private static GraphicalModel outside(Source source) {
        return GraphicalModel.define(m -> {
            Plate i = m.plate("i", 5000);
            m.let("y", m.data("x", source, i).at(i), i);
        });
    }

    @Test
    void valuesFromOutsideHaveAnIdentityOfTheirOwn() {
        GraphicalModel model = outside((_, index) -> index);
        GraphicalModel other = outside((_, index) -> index + (index == 1000 ? 1 : 0));
        assertThat(model.identity().differences(other.identity())).isEmpty();
        assertThat(model.dataIdentity().differences(other.dataIdentity()))
                .startsWith("values of x: ");
        assertThat(model.dataIdentity().differences(outside((_, i) -> i).dataIdentity())).isEmpty();
        GraphicalModel drawn = outside((key, _) -> key % 7);
        assertThat(drawn.dataIdentity().differences(outside((key, _) -> key % 8).dataIdentity()))
                .isNotEmpty();
        assertThat(MODEL.dataIdentity().parts()).isEmpty();
    }

    /** A checkpoint may be read in another locale than it was written in. */
    @Test
    void itReadsTheSameInLocalesWithOtherDigits() {
        GraphicalModel images =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 3);
                    Plate row = m.ordered("row", 14);
                    Plate column = m.ordered("column", 14);
                    Array x = m.data("x", MnistImages.shipped().source(), i, row, column);
                    m.let("y", x.at(i, row, column), i, row, column);
                });
        GraphicalModel part = MODEL.restrict(Map.of(MODEL.plate("k"), new int[] {0, 2}));
        Supplier<List<Identity>> identities =
                () -> List.of(MODEL.identity(), part.identity(), images.dataIdentity());
        List<Identity> expected = identities.get();
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            assertThat("%d".formatted(1)).isNotEqualTo("1");
            assertThat(identities.get()).isEqualTo(expected);
        } finally {
            Locale.setDefault(before);
        }
    }
}
