package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import gsdm.graph.model.Array;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;
import gsdm.graph.model.Scale;
import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.layout.EmbeddingKind;
import gsdm.nn.layout.VariableLayout;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class LayoutsTest {
    private static VariableLayout of(GraphicalModel model, EmbeddingKind embedding) {
        return Layouts.of(model, embedding, Scale.estimate(model, 0));
    }

    @Test
    void everyLayoutOfAModelHasItsOneMask() {
        assertThat(of(Mixture.MODEL, EmbeddingKind.EE).mask()).isSameAs(Mixture.MODEL.mask());
        assertThat(of(Mixture.MODEL, EmbeddingKind.AE).mask()).isSameAs(Mixture.MODEL.mask());
    }

    @Test
    void everyLayoutOfAModelHasItsOneTapeOfDefinitions() {
        ModelSettings told = ModelSettings.DEFAULTS.withProgramFeatures(true);
        VariableLayout one = Layouts.of(Mixture.MODEL, told, Scale.identities(Mixture.MODEL));
        VariableLayout other = Layouts.of(Mixture.MODEL, told, Scale.estimate(Mixture.MODEL, 0));
        assertThat(one.definitions()).isSameAs(other.definitions());
        assertThat(one.definitions().nodes()).isEqualTo(13);
    }

    @Test
    void discreteArraysFollowWithAValueForEachOption() {
        VariableLayout layout = of(Mixture.MODEL, EmbeddingKind.EE);
        assertThat(layout.arrays())
                .extracting(
                        ArrayLayout::name,
                        ArrayLayout::options,
                        ArrayLayout::nodeOffset,
                        ArrayLayout::nodes,
                        ArrayLayout::valueOffset,
                        ArrayLayout::values)
                .containsExactly(
                        tuple("noise", 1, 0, 4, 0, 4),
                        tuple("x", 1, 4, 4, 4, 4),
                        tuple("kind", 2, 8, 4, 8, 8),
                        tuple("mood", 3, 12, 1, 16, 3));
        assertThat(layout.nodes()).isEqualTo(13);
        assertThat(layout.values()).isEqualTo(19);
    }

    @Test
    void continuousArraysHaveTheScalesGivenAndDiscreteOnesNone() {
        VariableLayout layout = of(Mixture.MODEL, EmbeddingKind.EE);
        Scale x = Scale.estimate(Mixture.MODEL, 0).get("x");
        assertThat(x.std()).isBetween(3f, 3.4f); // the root of 3 squared, 1 and 1/6
        assertThat(layout.array("x"))
                .returns((double) x.mean(), ArrayLayout::mean)
                .returns((double) x.std(), ArrayLayout::std);
        for (String discrete : List.of("kind", "mood")) {
            assertThat(layout.array(discrete))
                    .returns(0.0, ArrayLayout::mean)
                    .returns(1.0, ArrayLayout::std);
        }
    }

    @Test
    void eachEmbeddingHasItsRows() {
        VariableLayout exchangeable = of(Mixture.MODEL, EmbeddingKind.EE);
        assertThat(exchangeable.tableRows()).isEqualTo(4);
        assertThat(exchangeable.index()).containsExactly(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3);
        VariableLayout independent = of(Mixture.MODEL, EmbeddingKind.IE);
        assertThat(independent.tableRows()).isEqualTo(13);
        assertThat(independent.index()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        VariableLayout positional = of(Mixture.MODEL, EmbeddingKind.AE);
        assertThat(positional.tableRows()).isEqualTo(4);
        assertThat(positional.axes()).isOne();
        assertThat(positional.positions()).containsExactly(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0);
    }

    @Test
    void aPartOfAModelHasTheRowsOfTheWhole() {
        GraphicalModel part =
                Mixture.MODEL.restrict(Map.of(Mixture.MODEL.plate("i"), new int[] {1, 3}));
        VariableLayout independent = of(part, EmbeddingKind.IE);
        assertThat(independent.tableRows()).isEqualTo(13);
        assertThat(independent.index()).containsExactly(1, 3, 5, 7, 9, 11, 12);
        assertThat(independent.values()).isEqualTo(2 + 2 + 4 + 3);
        assertThat(of(part, EmbeddingKind.AE).positions()).containsExactly(1, 3, 1, 3, 1, 3, 0);
    }

    @Test
    void moreValuesThanAnExampleHasAreRefused() {
        GraphicalModel pixels =
                GraphicalModel.define(m -> {
                    Plate y = m.plate("y", 3000);
                    Plate x = m.plate("x", 4000);
                    Array pixel = m.categorical("pixel", 256, y, x);
                    m.let("brightness", pixel.at(y, x).sum(x), y);
                });
        assertThatThrownBy(() -> Layouts.arrays(pixels.layout(), Scale.identities(pixels)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "array pixel: an example has at most 2147483647 values,"
                                + " found 3072003000 up to its end");
    }

    @Test
    void scalarsAloneHaveAnAxisOfZeros() {
        GraphicalModel scalars =
                GraphicalModel.define(m -> {
                    m.let("b", m.normal("a").here());
                });
        VariableLayout layout = of(scalars, EmbeddingKind.AE);
        assertThat(layout.axes()).isOne();
        assertThat(layout.positions()).containsExactly(0, 0);
    }
}
