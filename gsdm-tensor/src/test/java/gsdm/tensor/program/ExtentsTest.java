package gsdm.tensor.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ExtentsTest {
    private static final Dim B = Dim.named("B", 0);
    private static final Dim E = Dim.named("E", 2);

    @Test
    void aSizeLiesAtThePlaceOfItsDimension() {
        Extents extents = Extents.NONE.with(E, 7).with(B, 3).with(B, 4);
        assertThat(extents.of(B)).isEqualTo(4);
        assertThat(extents.of(E.plus(1))).isEqualTo(8);
        assertThat(extents.of(Dim.of(5))).isEqualTo(5);
        assertThat(extents).hasToString("[B=4, E=7]");
        assertThatThrownBy(() -> extents.of(Dim.named("N", 1)))
                .hasMessage("no size given for dimension N; known: [B=4, E=7]");
        assertThatThrownBy(() -> extents.with(Dim.named("N", 2), 1))
                .hasMessage("dimensions E and N have the same place, 2");
        assertThatThrownBy(() -> extents.with(B, -1))
                .hasMessage("a named dimension has a size of 0 or more; found -1 for B");
    }

    @Test
    void aViewFollowsItsArray() {
        int[] sizes = {1, 0, 3};
        Extents view = Extents.view(sizes);
        sizes[2] = 9;
        assertThat(view.of(E)).isEqualTo(9);
    }

    @Test
    void theSizesOfARunAreWithinTheReserve() {
        Extents reserve = Extents.NONE.with(B, 4).with(E, 7);
        reserve.requireHolds(4, -1, 7);
        reserve.requireHolds(0, 100, 0);
        assertThatThrownBy(() -> reserve.requireHolds(4, 0, 8))
                .hasMessage("dimension E is 8 but was planned for at most 7");
        assertThatThrownBy(() -> reserve.requireHolds(4, 0))
                .hasMessage("no size given for dimension E; found [4, 0], planned for [B=4, E=7]");
        assertThatThrownBy(() -> reserve.requireHolds(-1, 0, 7))
                .hasMessageStartingWith("no size given for dimension B");
    }
}
