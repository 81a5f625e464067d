package gsdm.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gsdm.nn.TestModels;
import gsdm.nn.train.LearningRate.Decay;

import org.junit.jupiter.api.Test;

class LearningRateTest {
    @Test
    void warmsUpInAStraightLine() {
        LearningRate rate = new LearningRate(8, 4, Decay.CONSTANT, 100, 0);
        assertThat(rate.at(1)).isEqualTo(2);
        assertThat(rate.at(4)).isEqualTo(8);
        assertThat(rate.at(5000)).isEqualTo(8);
    }

    @Test
    void fallsToTheFloorAtTheHorizonAndStays() {
        LearningRate linear = new LearningRate(8, 0, Decay.LINEAR, 10, 0.25);
        assertThat(linear.at(5)).isEqualTo(8 * (0.25 + 0.75 * 0.5), within(1e-12));
        assertThat(linear.at(10)).isEqualTo(2, within(1e-12));
        assertThat(linear.at(1000)).isEqualTo(2, within(1e-12));
        LearningRate cosine = new LearningRate(8, 2, Decay.COSINE, 10, 0);
        assertThat(cosine.at(2)).isEqualTo(8);
        assertThat(cosine.at(6)).isEqualTo(4, within(1e-12));
        assertThat(cosine.at(10)).isEqualTo(0, within(1e-12));
    }

    @Test
    void aWarmUpLongerThanTheHorizonStillReachesThePeak() {
        LearningRate rate = new LearningRate(1, 20, Decay.LINEAR, 10, 0.5);
        assertThat(rate.at(20)).isEqualTo(1);
        assertThat(rate.at(21)).isEqualTo(0.5);
    }

    @Test
    void badNumbersAreErrors() {
        assertThatThrownBy(() -> new LearningRate(Double.NaN, 0, Decay.LINEAR, 1, 0))
                .hasMessageContaining("found NaN");
        assertThatThrownBy(() -> new LearningRate(1, 0, Decay.LINEAR, 1, 1.5))
                .hasMessageContaining("found 1.5");
    }

    @Test
    void theAverageWarmsUp() {
        TrainingConfig config = TestModels.training(1, 16, 1);
        assertThat(config.emaDecayAt(1)).isEqualTo(2.0 / 11);
        assertThat(config.emaDecayAt(880)).isEqualTo(881.0 / 890);
        assertThat(config.emaDecayAt(100_000)).isEqualTo(0.99);
    }
}
