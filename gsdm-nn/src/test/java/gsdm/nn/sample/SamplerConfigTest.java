package gsdm.nn.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.nn.sample.SamplerConfig.Discrete;
import gsdm.nn.sample.SamplerConfig.Spacing;

import org.junit.jupiter.api.Test;

import java.util.Comparator;

class SamplerConfigTest {
    @Test
    void timeStepsAreEvenlySpaced() {
        assertThat(SamplerConfig.ddim(4).timeSteps(1000)).containsExactly(999, 749, 499, 249);
        assertThat(SamplerConfig.ddim(3).timeSteps(10)).containsExactly(9, 5, 2);
        assertThat(leading(10).timeSteps(1000))
                .containsExactly(900, 800, 700, 600, 500, 400, 300, 200, 100, 0);
        assertThat(SamplerConfig.ddpm(5).timeSteps(5)).containsExactly(4, 3, 2, 1, 0);
        assertThatThrownBy(() -> SamplerConfig.ddim(11).timeSteps(10))
                .hasMessageContaining("11 sampling steps");
    }

    @Test
    void quadraticStepsAreDenseAtTheFirst() {
        assertThat(quadratic(5).timeSteps(1000)).containsExactly(999, 562, 250, 62, 0);
        assertThat(quadratic(1).timeSteps(1000)).containsExactly(999);
        for (int steps : new int[] {2, 7, 99, 100}) {
            int[] times = quadratic(steps).timeSteps(100);
            assertThat(times).hasSize(steps).doesNotHaveDuplicates().startsWith(99).endsWith(0);
            assertThat(times).isSortedAccordingTo(Comparator.reverseOrder());
        }
    }

    private static SamplerConfig quadratic(int steps) {
        return new SamplerConfig(
                SamplerConfig.Solver.DPM_SOLVER,
                steps,
                0,
                Spacing.QUADRATIC,
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
