package gsdm.graph.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

class ModelLayoutTest {

    @Test
    void exchangeablePlatesShareAGroup() {
        ModelLayout layout = Examples.factorization(3, 4, 2).layout();
        assertThat(layout.groupCount()).isEqualTo(4);
        int[] expected = new int[6 + 8 + 24 + 12];
        Arrays.fill(expected, 6, 14, 1);
        Arrays.fill(expected, 14, 38, 2);
        Arrays.fill(expected, 38, 50, 3);
        assertThat(layout.groups()).isEqualTo(expected);
        assertThat(layout.arrayIndices()).isEqualTo(expected);
        assertThat(layout.ownCount()).isEqualTo(50);
    }

    @Test
    void coordinatesArePaddedToTheLongest() {
        ModelLayout layout = Examples.factorization(2, 2, 2).layout();
        assertThat(layout.coordinateCount()).isEqualTo(3);
        int[] all = layout.coordinates();
        assertThat(Arrays.copyOfRange(all, 3 * 3, 4 * 3)).containsExactly(1, 1, 0); // A[1, 1]
        assertThat(Arrays.copyOfRange(all, 13 * 3, 14 * 3)).containsExactly(1, 0, 1); // C[1, 0, 1]
        assertThat(Arrays.copyOfRange(all, 18 * 3, 19 * 3)).containsExactly(1, 0, 0); // E[1, 0]
    }

    @Test
    void moreCoordinatesThanAnArrayHoldsAreRefused() {
        ModelLayout layout = Examples.factorization(20_000, 20_000, 2).layout();
        assertThatThrownBy(layout::coordinates)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("1200080000 nodes have 3600240000 indices along 3 axes")
                .hasMessageContaining("lower a plate, or take another embedding than ae");
    }

    @Test
    void orderedPlatesStayDistinct() {
        GraphicalModel model = Examples.convolution();
        ModelLayout layout = model.layout();
        assertThat(layout.arrays().stream().map(ArrayNodes::groups))
                .containsExactly(90, 6, 1, 4 * 4 * 6, 16, 4);
        int[] groups = layout.groups();
        assertThat(groups[0]).isEqualTo(groups[90]).isNotEqualTo(groups[1]);
        int p = model.offset("P");
        assertThat(groups[p + 1 * 96 + 7]).isEqualTo(groups[p + 5 * 96 + 7]).isEqualTo(97 + 7);
    }

    @Test
    void groupsCanBeChosen() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate n = m.plate("n", 3);
                    Plate y = m.ordered("y", 4);
                    Array x = m.normal("X", n, y);
                    Array z = m.let("Y", x.here().relu(), n, y);
                    m.embedBy(x, n);
                    m.embedBy(z);
                });
        assertThat(model.layout().groupCount()).isEqualTo(3 + 1);
        assertThat(Arrays.copyOf(model.layout().groups(), 13))
                .containsExactly(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3);
    }

    @Test
    void continuousNodesComeFirstThenDiscreteOnesByOptions() {
        GraphicalModel model = Examples.operations();
        assertThat(model.layout().arrays().stream().map(ArrayNodes::name))
                .containsExactly("A", "B", "C", "F", "G", "H", "L", "Z", "K", "D");
        assertThat(model.variables().getFirst().name()).isEqualTo("D");
        assertThat(model.offset("A")).isZero();
        assertThat(model.offset("D")).isEqualTo(model.nodeCount() - 5);
    }
}
