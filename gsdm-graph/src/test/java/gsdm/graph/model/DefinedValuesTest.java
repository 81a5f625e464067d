package gsdm.graph.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;

import java.util.Map;

class DefinedValuesTest {
    private static final long KEY = RandomStream.seed(17);

    private static float[] draw(GraphicalModel model) {
        float[] values = new float[model.nodeCount()];
        model.sampler().draw(KEY, values);
        return values;
    }

    /** At the values of a draw, definitions give that draw, bit by bit. */
    private static void checkDraw(GraphicalModel model, String... arrays) {
        float[] values = draw(model);
        DefinedValues definitions = model.definedValues();
        assertThat(definitions.arrays()).containsExactly(arrays);
        float[] defined = definitions.at(values);
        for (String array : arrays) {
            int from = model.offset(array);
            for (int node = from; node < from + model.count(array); node++) {
                assertThat(defined[node]).as(array).isEqualTo(values[node]);
            }
        }
    }

    @Test
    void definitionsGiveDraws() {
        checkDraw(Examples.factorization(13, 7, 3), "C", "E");
        checkDraw(Examples.convolution(), "P", "S", "Q");
        checkDraw(Examples.operations(), "B", "C", "F", "G", "H", "K", "L");
    }

    @Test
    void arraysThatReadWhatIsNotKeptAreLeftOut() {
        GraphicalModel model = Examples.factorization(9, 13, 5);
        checkDraw(model.restrict(Map.of(model.plate("i"), new int[] {8, 2, 3})), "C", "E");
        checkDraw(model.restrict(Map.of(model.plate("k"), new int[] {1, 4})), "C");
        GraphicalModel network = Examples.convolution();
        checkDraw(network.restrict(Map.of(network.plate("u"), new int[] {1, 2, 3})), "S", "Q");
        checkDraw(network.restrict(Map.of(network.plate("ky"), new int[] {0, 2})), "P", "Q");
        GraphicalModel operations = Examples.operations();
        checkDraw(
                operations.restrict(Map.of(operations.plate("j"), new int[] {7, 8})),
                "B",
                "C",
                "F",
                "H",
                "K");
        checkDraw(
                operations.restrict(Map.of(operations.plate("i"), new int[] {0, 4})),
                "B",
                "C",
                "F",
                "G",
                "K");
    }

    /** A definition reads what was given, not what another definition gives. */
    @Test
    void whatIsDerivedIsReadAsGiven() {
        GraphicalModel model = Examples.factorization(2, 2, 1);
        float[] values = draw(model);
        values[model.offset("C")] = 5;
        float[] defined = model.definedValues().at(values);
        assertThat(defined[model.offset("C")]).isNotEqualTo(5);
        assertThat(defined[model.offset("E")]).isEqualTo(5);
        assertThat(values[model.offset("C")]).isEqualTo(5);
    }

    @Test
    void valuesOfAnotherModelAreRefused() {
        DefinedValues definitions = Examples.factorization(2, 2, 1).definedValues();
        assertThatThrownBy(() -> definitions.at(new float[7]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected the values of 12 nodes, found 7");
    }
}
