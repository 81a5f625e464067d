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

    @Test
    void aDiscreteArrayOfRealNumbers() {
        String message = "'b' is discrete, but its values are real numbers";
        refused(message, m -> m.discrete("b", 2, m.normal("a").at()));
        refused(
                message,
                m -> {
                    Plate i = m.plate("i", 3);
                    Array a = m.let("a", m.uniform("u", 0, 1, i).at(i).times(2), i);
                    m.discrete("b", 2, a.at(i).plus(m.categorical("z", 2, i).at(i)).sum(i));
                });
    }

    @Test
    void aValueThatIsNoCategoryIsRefusedWhereItIsDrawn() {
        undrawable(
                "'b' has categories 0 to 1, but its expression gives 2.0 at [",
                m -> {
                    Plate i = m.plate("i", 40);
                    m.discrete("b", 2, m.categorical("z", 3, i).at(i), i);
                });
        undrawable("gives -1.0 at []", m -> m.discrete("b", 2, Expr.constant(-1)));
        undrawable("gives 0.5 at []", m -> m.discrete("b", 2, Expr.constant(0.5)));
        undrawable(
                "gives NaN at [1, 2]",
                m -> {
                    Plate i = m.plate("i", 3);
                    Plate j = m.plate("j", 4);
                    Source labels = (key, index) -> index == 6 ? Float.NaN : 1;
                    m.discrete("b", 2, m.data("labels", labels, i, j).here(), i, j);
                });
        undrawable(
                "'b' has categories",
                m -> {
                    Plate i = m.plate("i", 40);
                    m.discrete("b", 2, m.normal("a", i).at(i).relu(), i);
                });
    }

    private static void undrawable(String message, Consumer<ModelBuilder> program) {
        GraphicalModel model = GraphicalModel.define(program);
        assertThatThrownBy(() -> model.sampler().draw(1, new float[model.nodeCount()]))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(message);
        assertThatThrownBy(() -> Scale.estimate(model, 1))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(message);
    }

    /** A step function of real numbers, as of a probit model, gives whole numbers all the same. */
    @Test
    void realNumbersThatAreCutOffCanBeCategories() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 100);
                    Expr side = m.normal("a", i).at(i).times(1e38).tanh();
                    m.discrete("b", 2, side.plus(1).times(0.5), i);
                });
        float[] values = new float[model.nodeCount()];
        model.sampler().draw(1, values);
        for (int i = 0; i < 100; i++) {
            assertThat(values[100 + i]).isEqualTo(values[i] > 0 ? 1f : 0f);
        }
    }

    @Test
    void whatIsNoCategoryIsNamedByItsIndicesInTheWholeModel() {
        List<Plate> plates = new ArrayList<>();
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 5);
                    plates.add(i);
                    Source labels = (key, index) -> index == 4 ? 3 : 1;
                    Array b = m.discrete("b", 2, m.data("labels", labels, i).at(i), i);
                    m.let("c", b.at(i).sum(i));
                });
        GraphicalModel part = model.restrict(Map.of(plates.getFirst(), new int[] {0, 4}));
        assertThatThrownBy(() -> part.sampler().draw(1, new float[part.nodeCount()]))
                .hasMessageContaining("gives 3.0 at [4]");
    }

    @Test
    void anAxisReadAtAPlateOfAnotherSize() {
        Consumer<ModelBuilder> program =
                m -> {
                    Plate i = m.plate("i", 5);
                    Plate j = m.plate("j", 3);
                    m.let("B", m.normal("A", i).at(j), j);
                };
        refused("'B' reads 'A' at plate 'j' of size 3 along its axis 'i' of size 5", program);
        refused(
                "'link' reads 'A' at plate 'j' of size 3 along its axis 'i' of size 5",
                m -> {
                    Plate i = m.plate("i", 5);
                    Plate j = m.plate("j", 3);
                    Array a = m.normal("A", i);
                    m.link(a.at(i), a.at(j));
                });
        refused(
                "at plate 't' of size 3 along its axis 'i' of size 5",
                m -> {
                    Plate i = m.plate("i", 5);
                    Plate t = m.ordered("t", 3);
                    m.let("B", m.normal("A", i).at(t).sum(t));
                });
    }

    @Test
    void anAxisReadAtAPlateOfTheSameSizeOrAtAPartOfAnOrderedOne() {
        GraphicalModel pairs =
                GraphicalModel.define(m -> {
                    Plate r = m.plate("r", 2);
                    Plate c = m.plate("c", 3);
                    Plate d = m.plate("d", 3);
                    Array g = m.categorical("g", 4, r, c);
                    m.link(g.at(r, c), g.at(r, d));
                });
        assertThatThrownBy(() -> pairs.at(Map.of("c", 4)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("at plate 'd' of size 3 along its axis 'c' of size 4");
        assertThat(pairs.at(Map.of("c", 4, "d", 4)).nodeCount()).isEqualTo(8);
        GraphicalModel differences =
                GraphicalModel.define(m -> {
                    Plate t = m.ordered("t", 5);
                    Plate s = m.ordered("s", 4);
                    Array x = m.normal("x", t);
                    m.let("d", x.at(s.plus(1)).minus(x.at(s)), s);
                });
        assertThat(differences.nodeCount()).isEqualTo(9);
    }

    @Test
    void noName() {
        refused("'null' cannot name an array", m -> m.normal(null));
    }
}
