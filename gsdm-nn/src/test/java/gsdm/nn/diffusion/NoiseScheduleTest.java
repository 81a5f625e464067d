package gsdm.nn.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gsdm.nn.diffusion.NoiseSchedule.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NoiseScheduleTest {
    @Test
    void linearGoesFromStartToEndInEqualSteps() {
        NoiseSchedule schedule = NoiseSchedule.of(Kind.LINEAR, 3, 0.1, 0.5);
        assertThat(schedule.beta(0)).isEqualTo(0.1, within(1e-15));
        assertThat(schedule.beta(1)).isEqualTo(0.3, within(1e-15));
        assertThat(schedule.beta(2)).isEqualTo(0.5, within(1e-15));
        assertThat(schedule.alphaBar(-1)).isEqualTo(1);
        assertThat(schedule.alphaBar(1)).isEqualTo(0.9 * 0.7, within(1e-15));
        assertThat(schedule.finalAlphaBar()).isEqualTo(0.9 * 0.7 * 0.5, within(1e-15));
    }

    @Test
    void quadraticIsLinearInTheRoot() {
        NoiseSchedule schedule = NoiseSchedule.of(Kind.QUADRATIC, 3, 0.04, 0.36);
        assertThat(schedule.beta(1)).isEqualTo(0.16, within(1e-15));
    }

    @Test
    void sigmoidIsHalfwayInTheMiddle() {
        NoiseSchedule schedule = NoiseSchedule.of(Kind.SIGMOID, 3, 0.1, 0.5);
        double tail = 1 / (1 + Math.exp(6));
        assertThat(schedule.beta(0)).isEqualTo(0.1 + 0.4 * tail, within(1e-15));
        assertThat(schedule.beta(1)).isEqualTo(0.3, within(1e-15));
        assertThat(schedule.beta(2)).isEqualTo(0.5 - 0.4 * tail, within(1e-15));
    }

    @Test
    void constantIsTheEnd() {
        assertThat(NoiseSchedule.of(Kind.CONSTANT, 7, 0.1, 0.2).beta(0)).isEqualTo(0.2);
    }

    @Test
    void cosineFollowsTheSquaredCosine() {
        NoiseSchedule schedule = NoiseSchedule.of(Kind.COSINE, 4, 0, 0);
        double zero = Math.pow(Math.cos(0.008 / 1.008 * Math.PI / 2), 2);
        double half = Math.pow(Math.cos(0.508 / 1.008 * Math.PI / 2), 2);
        assertThat(schedule.alphaBar(1)).isEqualTo(half / zero, within(1e-12));
        assertThat(schedule.beta(3)).isEqualTo(0.999);
    }

    /** Half of the ratios lie below the median, and a sixth below a deviation less. */
    @Test
    void theLogarithmOfTheRatioIsNormal() {
        NoiseSchedule schedule = NoiseSchedule.of(Kind.LOG_NORMAL, 1001, 0, 0);
        double median = schedule.level(500) / schedule.signal(500);
        assertThat(Math.log(median)).isEqualTo(-0.51, within(1e-4));
        int sixth = (int) Math.round(0.158655 * 1001 - 0.5);
        double below = schedule.level(sixth) / schedule.signal(sixth);
        assertThat(Math.log(below)).isEqualTo(-0.51 - 1.2, within(2e-3));
        assertThat(schedule.level(1000) / schedule.signal(1000)).isEqualTo(160, within(1e-6));
    }

    @Test
    void theDefaultLeavesNoSignalWhereTheReferenceDoes() {
        assertThat(NoiseSchedule.standard().steps()).isEqualTo(1000);
        assertThat(NoiseSchedule.standard().finalAlphaBar()).isEqualTo(4.0e-5, within(1e-6));
        assertThat(NoiseSchedule.of(Kind.LINEAR, 1000, 1e-4, 5e-3).finalAlphaBar())
                .isEqualTo(0.078, within(5e-4));
        assertThat(NoiseSchedule.of(Kind.COSINE, 1000, 0, 0).finalAlphaBar())
                .isEqualTo(2.4e-9, within(1e-10));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void alphaBarFalls(Kind kind) {
        NoiseSchedule schedule = NoiseSchedule.of(kind, 207, 1e-3, 2e-2);
        for (int t = 0; t < schedule.steps(); t++) {
            assertThat(schedule.alphaBar(t)).isLessThan(schedule.alphaBar(t - 1)).isPositive();
        }
    }

    @Test
    void aScheduleMustLeaveSomeSignal() {
        assertThatThrownBy(() -> NoiseSchedule.of(Kind.LINEAR, 100_000, 1e-4, 2e-2))
                .hasMessageContaining("leaves nothing of the signal");
        assertThatThrownBy(() -> NoiseSchedule.of(Kind.LINEAR, 2_000_000_000, 1e-4, 2e-2))
                .hasMessageContaining("1 to 1000000 steps");
    }

    @Test
    void aBetaOutsideItsRangeIsAnErrorThatNamesTheStep() {
        assertThatThrownBy(() -> NoiseSchedule.of(Kind.LINEAR, 3, 0.5, 1.5))
                .hasMessageContaining("found 1.0 at step 1");
        assertThatThrownBy(() -> NoiseSchedule.ofBetas(new double[] {Double.NaN}))
                .hasMessageContaining("NaN at step 0");
    }
}
