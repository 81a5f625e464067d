package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.graph.model.Conditioning;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class CalibrationTest {
    private static final Conditioning OBSERVED = Conditioning.fixed("x");
    private static final RunSettings TINY =
            RunSettings.DEFAULTS
                    .with(TestSettings.network(8, 1))
                    .with(TrainingSettings.DEFAULTS.withBatch(2));

    private static long steps(double scored) {
        try (Backend backend = Backends.open(Backends.AUTO, 1)) {
            return Calibration.steps(
                            backend,
                            Mixture.MODEL,
                            OBSERVED,
                            TINY,
                            Duration.ofSeconds(30),
                            scored,
                            () -> false)
                    .orElseThrow();
        }
    }

    /** 50 forward passes for each of ten problems a step, of batches of two. */
    @Test
    void problemsScoredOnTheWayTakeTheirTime() {
        assertThat(steps(10)).isLessThan(steps(0) / 10);
    }

    @Test
    void aRunHasAStepWhateverElseTakesTheTime() {
        assertThat(steps(1e9)).isOne();
    }
}
