package gsdm.nn.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.nn.TestModels;
import gsdm.tensor.sparse.SparsePattern;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

class VariableLayoutTest {
    private static VariableLayout layout(int[] index, int nodes, ArrayLayout... arrays) {
        SparsePattern mask = SparsePattern.symmetrise(nodes, sink -> {}, Arena.ofAuto());
        return VariableLayout.of(List.of(arrays), EmbeddingKind.EE, index, 2, mask);
    }

    @Test
    void theSignatureListsKindsNotSizes() {
        LayoutSignature signature = TestModels.mixed().signature();
        assertThat(signature.options()).containsExactly(1, 3);
        assertThat(signature.arrays())
                .containsExactly(
                        new ArraySignature("a", 1, 2, 4),
                        new ArraySignature("b", 1, 0, 0.5),
                        new ArraySignature("d", 3, 0, 1));
        assertThat(TestModels.mixedPart().signature()).isEqualTo(signature);
        assertThat(TestModels.mixed().nodesWithOptions(1)).isEqualTo(7);
        assertThat(TestModels.mixed().values()).isEqualTo(16);
        assertThat(TestModels.mixed().array("d").values()).isEqualTo(9);
    }

    @Test
    void whatDoesNotFitIsAnErrorThatSaysWhat() {
        ArrayLayout a = new ArrayLayout("a", 1, 0, 2, 0, 0, 1);
        assertThatThrownBy(() -> layout(new int[4], 4, a, new ArrayLayout("a", 1, 2, 2, 2, 0, 1)))
                .hasMessage("two arrays are named a");
        assertThatThrownBy(() -> layout(new int[4], 4, a, new ArrayLayout("b", 1, 3, 1, 3, 0, 1)))
                .hasMessageContaining("array b must start at node 2 and value 2");
        assertThatThrownBy(() ->
                        layout(
                                new int[2],
                                2,
                                new ArrayLayout("d", 3, 0, 1, 0, 0, 1),
                                new ArrayLayout("c", 1, 1, 1, 3, 0, 1)))
                .hasMessageContaining("c with 1 follows one with 3");
        assertThatThrownBy(() -> layout(new int[] {0, 2}, 2, a))
                .hasMessage("embedding rows are in [0, 2); found 2");
        assertThatThrownBy(() -> layout(new int[3], 2, a)).hasMessageContaining("found 3");
        assertThatThrownBy(() -> layout(new int[2], 3, a)).hasMessageContaining("2 x 2");
        assertThatThrownBy(() -> new ArrayLayout("a", 1, 0, 2, 0, 0, 0))
                .hasMessageContaining("scale positive");
        assertThatThrownBy(() -> new ArrayLayout("d", 2, 0, 2, 0, 1, 1))
                .hasMessageContaining("discrete");
        assertThat(new ArrayLayout("d", 4, 0, (1 << 29) - 1, 3, 0, 1).values())
                .isEqualTo(Integer.MAX_VALUE - 3);
        assertThatThrownBy(() -> new ArrayLayout("d", 4, 0, (1 << 29) - 1, 4, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "array d: an example has at most 2147483647 values, found 2147483648 up to"
                                + " its end: lower the number of nodes or of options");
        assertThatThrownBy(() -> TestModels.mixed().array("z"))
                .hasMessage("there is no array z; known: [a, b, d]");
    }

    @Test
    void everyNodeHasItsPlaceInTheWholeModel() {
        assertThat(places(TestModels.mixed())).containsExactly(0, 1, 2, 3, 4, 0, 1, 0, 1, 2);
        assertThat(places(TestModels.mixedPart())).containsExactly(0, 2, 4, 1, 2);
        VariableLayout pair = TestModels.pair(0, 1);
        assertThat(places(pair.withPlaces(7, 0))).containsExactly(7, 0);
        assertThatThrownBy(() -> pair.withPlaces(1, 2, 3)).hasMessageContaining("2 nodes; found 3");
        assertThatThrownBy(() -> TestModels.positional().withPlaces(0, 1, 2, 2, 4, 5))
                .hasMessage("places of array m ascend from 0; found 2 where 3 or more can be");
    }

    private static int[] places(VariableLayout layout) {
        int[] places = new int[layout.nodes()];
        layout.writePlaces(MemorySegment.ofArray(places));
        return places;
    }
}
