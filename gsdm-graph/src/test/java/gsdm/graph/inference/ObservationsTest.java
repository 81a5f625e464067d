package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.ModelException;
import gsdm.graph.model.Scale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;

class ObservationsTest {
    private static final GraphicalModel MODEL = Mixture.MODEL;
    private static final float NAN = Float.NaN;

    @Test
    void eachCaseSaysWhatItObserves() {
        Observations three =
                Observations.none(MODEL, 3)
                        .and("kind", 0, 1, 1, 0, NAN, NAN, NAN, NAN, NAN, 0, NAN, NAN)
                        .and("mood", NAN, 2, 0);
        assertThat(three.count()).isEqualTo(3);
        assertThat(three.whole(0)).containsExactly("kind");
        assertThat(three.partly(0)).isEmpty();
        assertThat(three.whole(1)).containsExactly("mood");
        assertThat(three.partly(1)).isEmpty();
        assertThat(three.whole(2)).containsExactly("mood");
        assertThat(three.partly(2)).containsExactly("kind");
    }

    @Test
    void anArrayGivenAgainIsAsGivenLast() {
        Observations again = Observations.of(MODEL, "mood", 1).and("mood", NAN);
        assertThat(again.whole(0)).isEmpty();
        assertThat(again).hasToString("Observations[count=1, first: nothing]");
    }

    @Test
    void observationsAreNotChangedByMore() {
        Observations mood = Observations.of(MODEL, "mood", 1);
        Observations more = mood.and("kind", 0, 0, 0, 0);
        assertThat(mood.whole(0)).containsExactly("mood");
        assertThat(more.whole(0)).containsExactly("kind", "mood");
    }

    @ParameterizedTest
    @ValueSource(floats = {-1, 3, 0.5f, 1e9f})
    void whatIsNoCategoryIsRefused(float value) {
        assertThatThrownBy(() -> Observations.of(MODEL, "mood", value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mood: expected a category from 0 to 2, found " + value);
    }

    @Test
    void whatIsInfiniteIsRefused() {
        for (String array : List.of("kind", "x")) {
            assertThatThrownBy(
                            () -> Observations.of(MODEL, array, 0, 1, Float.NEGATIVE_INFINITY, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(array + ": a value is infinite");
        }
    }

    @Test
    void anotherNumberOfValuesIsRefused() {
        Observations two = Observations.none(MODEL, 2);
        assertThatThrownBy(() -> two.and("x", 1, 2, 3, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("x: expected 8 values (4 for each of 2 cases), found 4");
        assertThatThrownBy(() -> two.and("y", 1, 2))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("y");
    }

    @Test
    void onlyContinuousValuesAreFar() {
        Map<String, Scale> scales = Scale.estimate(MODEL, 0);
        Observations usual =
                Observations.of(MODEL, "mood", 2).and("kind", 1, 1, 1, 1).and("x", -9, 9, 0, 3);
        assertThat(usual.outliers(scales)).isEmpty();
        assertThat(usual.and("noise", 0, 0, 0, -9).outliers(scales))
                .singleElement()
                .asString()
                .startsWith("observed values of noise are far");
    }
}
