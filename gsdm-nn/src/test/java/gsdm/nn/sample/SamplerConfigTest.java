package gsdm.nn.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gsdm.nn.diffusion.NoiseSchedule;
import gsdm.nn.sample.SamplerConfig.Discrete;
import gsdm.nn.sample.SamplerConfig.Spacing;

import org.junit.jupiter.api.Test;

import java.util.Comparator;

class SamplerConfigTest {
    @Test
    void timeStepsAreEvenlySpaced() {
        assertThat(SamplerConfig.ddim(4).timeSteps(cosine(1000)))
                .containsExactly(999, 749, 499, 249);
        assertThat(SamplerConfig.ddim(3).timeSteps(cosine(10))).containsExactly(9, 5, 2);
        assertThat(leading(10).timeSteps(cosine(1000)))
                .containsExactly(900, 800, 700, 600, 500, 400, 300, 200, 100, 0);
        assertThat(SamplerConfig.ddpm(5).timeSteps(cosine(5))).containsExactly(4, 3, 2, 1, 0);
        assertThatThrownBy(() -> SamplerConfig.ddim(11).timeSteps(cosine(10)))
                .hasMessageContaining("11 sampling steps");
    }

    /** Half way from 0 to 5.74, asinh of 155.7, is asinh of 8.79: an angle of 6.5° of 90. */
    @Test
    void asinhStepsAreEvenInTheRatioOfSignalToNoise() {
        NoiseSchedule schedule = cosine(1000);
        int[] times = asinh(5).timeSteps(schedule);
        assertThat(times).startsWith(999).endsWith(0);
        for (int i = 0; i < 5; i++) {
            double wanted = schedule.asinhRatio(0) * i / 4;
            assertThat(schedule.asinhRatio(times[i])).isEqualTo(wanted, within(0.03));
        }
        assertThat(times[2]).isEqualTo(64);
    }

    @Test
    void noStepIsTakenTwice() {
        assertThat(asinh(1).timeSteps(cosine(1000))).containsExactly(999);
        for (int steps : new int[] {2, 7, 99, 100}) {
            int[] times = asinh(steps).timeSteps(cosine(100));
            assertThat(times).hasSize(steps).doesNotHaveDuplicates().startsWith(99).endsWith(0);
            assertThat(times).isSortedAccordingTo(Comparator.reverseOrder());
        }
    }

    private static NoiseSchedule cosine(int steps) {
        return NoiseSchedule.of(NoiseSchedule.Kind.COSINE, steps, 0, 0);
    }

    private static SamplerConfig asinh(int steps) {
        return new SamplerConfig(
                SamplerConfig.Solver.UNI_PC,
                steps,
                0,
                Spacing.ASINH,
                Double.POSITIVE_INFINITY,
                Discrete.ARGMAX);
    }

    private static SamplerConfig leading(int steps) {
        return new SamplerConfig(
                SamplerConfig.Solver.DDIM,
                steps,
                0,
                Spacing.LEADING,
                Double.POSITIVE_INFINITY,
                Discrete.ARGMAX);
    }
}
