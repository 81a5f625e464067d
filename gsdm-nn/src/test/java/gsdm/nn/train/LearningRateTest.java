package gsdm.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gsdm.nn.TestModels;
import gsdm.nn.checkpoint.Falls;
import gsdm.nn.train.LearningRate.Decay;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LearningRateTest {
    @Test
    void warmsUpInAStraightLineAndStays() {
        LearningRate rate = new LearningRate(8, 4, Decay.COSINE, 0, Falls.NONE);
        assertThat(rate.at(1)).isEqualTo(2);
        assertThat(rate.at(4)).isEqualTo(8);
        assertThat(rate.at(5000)).isEqualTo(8);
        assertThat(rate.with(Falls.parse("10-20")).at(10)).isEqualTo(8);
    }

    @Test
    void fallsToTheFloorAndStays() {
        LearningRate linear = new LearningRate(8, 0, Decay.LINEAR, 0.25, Falls.parse("10-20"));
        assertThat(linear.at(15)).isEqualTo(8 * (0.25 + 0.75 * 0.5), within(1e-12));
        assertThat(linear.at(20)).isEqualTo(2, within(1e-12));
        assertThat(linear.at(1000)).isEqualTo(2, within(1e-12));
        LearningRate cosine = new LearningRate(8, 2, Decay.COSINE, 0, Falls.atTheEnd(10, 1));
        assertThat(cosine.at(2)).isEqualTo(8);
        assertThat(cosine.at(6)).isEqualTo(4, within(1e-12));
        assertThat(cosine.at(10)).isEqualTo(0, within(1e-12));
        LearningRate constant = new LearningRate(8, 2, Decay.CONSTANT, 0, Falls.parse("10-20"));
        assertThat(constant.at(20)).isEqualTo(8);
    }

    /** From 800, where it is at a half, it falls to 1200 in place of 1000, and so on. */
    @ParameterizedTest
    @EnumSource(
            value = Decay.class,
            names = {"LINEAR", "COSINE"})
    void anEndIsRevisedWithoutAJump(Decay decay) {
        Falls first = Falls.parse("600-1000");
        Falls falls = first.endingAt(800, 1200).endingAt(1000, 1010);
        LearningRate rate = new LearningRate(1, 100, decay, 0, falls);
        for (long step = 1; step <= 800; step++) {
            assertThat(rate.at(step)).isEqualTo(rate.with(first).at(step));
        }
        double most = Math.PI / 2 / 10; // the steepest of the falls, of 10 steps
        for (long step = 600; step < 1010; step++) {
            double fall = rate.at(step) - rate.at(step + 1);
            assertThat(fall).isBetween(0.0, most);
        }
        assertThat(rate.at(900)).isGreaterThan(rate.with(first).at(900) + 0.05);
        assertThat(rate.at(1010)).isEqualTo(0, within(1e-12));
    }

    @Test
    void aWarmUpThatReachesIntoTheFallStillReachesThePeak() {
        LearningRate rate = new LearningRate(1, 20, Decay.LINEAR, 0.5, Falls.parse("0-10"));
        assertThat(rate.at(20)).isEqualTo(1);
        assertThat(rate.at(21)).isEqualTo(0.5);
        LearningRate revised = rate.with(Falls.parse("0-10 5-30"));
        assertThat(revised.at(25)).isEqualTo(0.75);
    }

    @Test
    void badNumbersAreErrors() {
        assertThatThrownBy(() -> new LearningRate(Double.NaN, 0, Decay.LINEAR, 0, Falls.NONE))
                .hasMessageContaining("found NaN");
        assertThatThrownBy(() -> new LearningRate(1, 0, Decay.LINEAR, 1.5, Falls.NONE))
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
