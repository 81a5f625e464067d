package gsdm.graph.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NetworkSpecTest {

    private static void refused(String text, String message) {
        assertThatThrownBy(() -> NetworkSpec.parse(text))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("problem.layers")
                .hasMessageContaining(message);
    }

    @Test
    void readsEveryLayer() {
        assertThat(
                        NetworkSpec.parse(
                                        " conv 4 3x3 stride 2 bias;maxpool  2 ; relu; conv 10 1x1"
                                                + " relu; linear 5 bias; linear 3")
                                .layers())
                .containsExactly(
                        new Layer.Conv(4, 3, 2, true, false),
                        new Layer.MaxPool(2),
                        new Layer.Relu(),
                        new Layer.Conv(10, 1, 1, false, true),
                        new Layer.Linear(5, true, false),
                        new Layer.Linear(3, false, false));
    }

    @Test
    void aReluAfterASumIsPartOfIt() {
        assertThat(NetworkSpec.parse("conv 2 3x3 bias; relu; linear 1; relu").layers())
                .containsExactly(
                        new Layer.Conv(2, 3, 1, true, true), new Layer.Linear(1, false, true));
    }

    @Test
    void textReadsBack() {
        String text = "conv 4 3x3 stride 2 bias relu; maxpool 2; relu; linear 5 bias; linear 3";
        assertThat(NetworkSpec.parse(text)).hasToString(text);
    }

    @Test
    void refusesWhatItCannotRead() {
        refused("", "found an empty one");
        refused("linear 3;", "found an empty one");
        refused("dense 3", "expected one of conv, maxpool, linear and relu, found 'dense'");
        refused("conv", "expected channels, found the end");
        refused("conv 4", "expected a kernel such as 3x3, found the end");
        refused("conv 4 3x2", "expected a square kernel such as 3x3, found '3x2'");
        refused("conv 0 3x3", "a positive number of channels, found '0'");
        refused("conv 4 3x3 bias stride 2", "expected nothing more, found 'stride 2'");
        refused("linear ten", "a positive number of units, found 'ten'");
    }

    @Test
    void sizesFollowFromLayers() {
        NetworkSpec spec =
                NetworkSpec.parse("conv 4 3x3 stride 2; maxpool 2; conv 10 3x3; linear 7");
        assertThat(spec.shapes(new FeatureShape(1, 14, 14)))
                .containsExactly(
                        new FeatureShape(1, 14, 14),
                        new FeatureShape(4, 6, 6),
                        new FeatureShape(4, 3, 3),
                        new FeatureShape(10, 1, 1),
                        new FeatureShape(7, 1, 1));
        assertThatThrownBy(() -> spec.shapes(new FeatureShape(1, 7, 7)))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("does not fit its input of 4 channels of 1 x 1");
    }
}
