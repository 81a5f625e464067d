package gsdm.graph.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

class ModelErrorsTest {

    private static void refused(String message, Consumer<ModelBuilder> program) {
        assertThatThrownBy(() -> GraphicalModel.define(program))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aCycleIsAUseBeforeTheDefinition() {
        refused(
                "array 'B' is used before its definition: an array can only depend on arrays above"
                        + " it (no cycles); defined so far: [A]",
                m -> {
                    Plate i = m.plate("i", 2);
                    Array a = m.normal("A", i);
                    m.let("B", a.at(i).plus(m.array("B").at(i)), i);
                });
    }

    @Test
    void anUnboundPlate() {
        refused(
                "'E' depends on plate 'k', which is neither one of its axes [i] nor bound",
                m -> {
                    Plate i = m.plate("i", 2);
                    Plate k = m.plate("k", 3);
                    m.let("E", m.normal("A", i, k).at(i, k), i);
                });
    }

    @Test
    void anIndexOutsideItsArray() {
        refused(
                "'Y' reads 'X' at 2*y + ky = 0 to 8 along its axis 'v', which has indices 0 to 7",
                m -> {
                    Plate v = m.ordered("v", 8);
                    Plate y = m.ordered("y", 4);
                    Plate ky = m.ordered("ky", 3);
                    Array x = m.normal("X", v);
                    m.let("Y", x.at(y.times(2).plus(ky)).sum(ky), y);
                });
        refused(
                "= -1 to 1",
                m -> {
                    Plate t = m.ordered("t", 3);
                    m.let("Y", m.normal("X", t).at(t.minus(1)), t);
                });
    }

    @Test
    void anIndexOutsideItsArrayAtSizesBoundLate() {
        GraphicalModel model = Examples.convolution();
        assertThat(model.at(Map.of("v", 12)).nodeCount()).isGreaterThan(model.nodeCount());
        assertThatThrownBy(() -> model.at(Map.of("v", 8)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'P' reads 'image' at 2*y + ky = 0 to 8");
        assertThatThrownBy(() -> model.at(Map.of("w", 8))).hasMessageContaining("no plate 'w'");
        assertThatThrownBy(() -> model.at(Map.of("v", 0))).hasMessageContaining("at least 1");
    }

    @Test
    void theWrongNumberOfIndices() {
        refused(
                "'A' has 2 axes [i, j], but is read at 1 indices",
                m -> {
                    Plate i = m.plate("i", 2);
                    Plate j = m.plate("j", 2);
                    m.let("B", m.normal("A", i, j).at(i), i);
                });
    }

    @Test
    void duplicateNames() {
        refused(
                "plate 'i' is declared twice",
                m -> {
                    m.plate("i", 2);
                    m.ordered("i", 3);
                });
        refused(
                "array 'A' is defined twice",
                m -> {
                    m.normal("A");
                    m.uniform("A", 0, 1);
                });
    }

    @Test
    void unusedNames() {
        refused(
                "plate 'j' is never used",
                m -> {
                    Plate i = m.plate("i", 2);
                    m.plate("j", 2);
                    m.let("B", m.normal("A", i).at(i), i);
                });
        refused(
                "'R' is drawn, but nothing reads it",
                m -> {
                    m.let("B", m.normal("A").at().relu());
                    m.normal("R");
                });
        refused("the model has no arrays", m -> {});
    }

    @Test
    void aPlateUsedTwice() {
        refused(
                "'A' lists plate 'i' twice",
                m -> {
                    Plate i = m.plate("i", 2);
                    m.normal("A", i, i);
                });
        refused(
                "'B' reduces over plate 'i', which is already one of its axes",
                m -> {
                    Plate i = m.plate("i", 2);
                    m.let("B", m.normal("A", i).at(i).sum(i), i);
                });
        refused(
                "'B' reduces over plate 'i', which is already one of its axes or reduced over",
                m -> {
                    Plate i = m.plate("i", 2);
                    Array a = m.normal("A", i);
                    m.let("B", a.at(i).times(a.at(i).sum(i)).sum(i));
                });
        refused(
                "sum over plate 'i' twice",
                m -> {
                    Plate i = m.plate("i", 2);
                    m.normal("A", i).at(i).sum(i, i);
                });
    }

    @Test
    void aReductionOverNothing() {
        refused(
                "max over plate 'j', but the expression depends on [i] only",
                m -> {
                    Plate i = m.plate("i", 2);
                    Plate j = m.plate("j", 2);
                    m.normal("A", i).at(i).max(j);
                });
        refused("a mean needs at least one plate", m -> m.normal("A").at().mean());
    }

    @Test
    void partsOfAnotherModel() {
        List<Array> arrays = new ArrayList<>();
        GraphicalModel.define(m -> {
            arrays.add(m.normal("A", m.plate("i", 2)));
            m.let("B", arrays.getFirst().here(), arrays.getFirst().plates().getFirst());
        });
        Array stranger = arrays.getFirst();
        refused(
                "an array of another model",
                m -> {
                    Plate i = m.plate("i", 2);
                    m.let("B", stranger.at(i), i);
                });
        refused("a plate of another model", m -> m.normal("C", stranger.plates().getFirst()));
    }

    @Test
    void badNamesAndNumbers() {
        refused("'E=1' cannot name an array", m -> m.normal("E=1"));
        refused("plate 'i' needs a size of at least 1, found 0", m -> m.plate("i", 0));
        refused("low < high", m -> m.uniform("U", 1, 1));
        refused("positive standard deviation", m -> m.normal("U", 0, Double.NaN));
        refused("at least 2 options", m -> m.categorical("U", 1));
        refused("has no axis 'j' to embed by", m -> m.embedBy(m.normal("A"), m.plate("j", 1)));
    }

    @Test
    void tooManyNodes() {
        GraphicalModel model = Examples.factorization(2, 2, 2);
        assertThatThrownBy(() -> model.at(Map.of("i", 50_000, "j", 50_000)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("at array 'C' of sizes [50000, 50000, 2]");
    }

    @Test
    void unknownNames() {
        GraphicalModel model = Examples.factorization(2, 2, 2);
        assertThatThrownBy(() -> model.offset("X"))
                .hasMessageContaining("no array 'X'; its arrays are [A, R, C, E]");
        assertThatThrownBy(() -> model.withData("A", (key, index) -> 0))
                .hasMessageContaining("does not take its values from outside");
    }
}
