package gsdm.nn.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.nn.TestModels;
import gsdm.nn.layout.LayoutSignature;
import gsdm.nn.network.Denoiser;
import gsdm.nn.network.Network;
import gsdm.nn.network.NetworkConfig;
import gsdm.nn.network.Regressor;
import gsdm.tensor.program.Attention.Neighbours;
import gsdm.tensor.program.Loss.Criterion;

import org.junit.jupiter.api.Test;

import java.util.Map;

class ObjectiveTest {
    private static final LayoutSignature SIGNATURE = TestModels.mixed().signature();

    @Test
    void errorsAreSharedByWeightedCountsOrExamples() {
        long[] counts = {4, 0, 6};
        Objective mean = Objective.squaredError(Reduction.MEAN);
        assertThat(mean.weights(SIGNATURE)).containsExactly(1, 1, 1);
        assertThat(mean.share(mean.weights(SIGNATURE), counts, 3)).isEqualTo(0.1);
        assertThat(mean.share(mean.weights(SIGNATURE), new long[3], 3)).isZero();
        Objective weighted =
                new Objective(Criterion.SQUARED_ERROR, Map.of("d", 0.5), Reduction.MEAN);
        assertThat(weighted.weights(SIGNATURE)).containsExactly(1, 1, 0.5);
        assertThat(weighted.share(weighted.weights(SIGNATURE), counts, 3)).isEqualTo(1 / 7.0);
        Objective sum = Objective.squaredError(Reduction.SUM);
        assertThat(sum.share(sum.weights(SIGNATURE), counts, 4)).isEqualTo(0.25);
    }

    @Test
    void aCrossEntropyIsOfProbabilitiesAlone() {
        NetworkConfig config = TestModels.small(Neighbours.SPARSE);
        Network probabilities = new Denoiser(config, SIGNATURE);
        Network numbers = new Regressor(config, SIGNATURE);
        Objective entropy = new Objective(Criterion.CROSS_ENTROPY, Map.of(), Reduction.MEAN);
        assertThat(probabilities.predictsProbabilities()).isTrue();
        entropy.requireSuits(probabilities);
        assertThat(numbers.predictsProbabilities()).isFalse();
        assertThatThrownBy(() -> entropy.requireSuits(numbers))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "a cross-entropy is of probabilities, and the network predicts none of"
                                + " array d: minimise the squared error");
        Objective.squaredError(Reduction.MEAN).requireSuits(numbers);
        LayoutSignature continuous = TestModels.pair(0, 1).signature();
        entropy.requireSuits(new Regressor(config, continuous));
    }

    @Test
    void weightsThatMakeNoSenseAreRefused() {
        for (double weight : new double[] {-1, Double.NaN, 1e60}) {
            assertThatThrownBy(() ->
                            new Objective(
                                    Criterion.SQUARED_ERROR, Map.of("a", weight), Reduction.MEAN))
                    .hasMessageStartingWith("array a: a weight is finite and 0 or more; found");
        }
        Objective other = new Objective(Criterion.SQUARED_ERROR, Map.of("z", 1.0), Reduction.MEAN);
        assertThatThrownBy(() -> other.weights(SIGNATURE))
                .hasMessage("a weight is given for array z; known: [a, b, d]");
    }
}
