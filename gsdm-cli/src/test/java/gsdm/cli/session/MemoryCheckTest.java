package gsdm.cli.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import gsdm.graph.inference.RunSettings;
import gsdm.graph.inference.Training;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.problem.Problem;
import gsdm.graph.problem.ProblemInstance;
import gsdm.graph.problem.Problems;
import gsdm.nn.network.MemoryEstimate;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class MemoryCheckTest {
    private static final String QUICK = "quick";

    /** The quick preset where there is one, with few layers and, of networks, a small one. */
    private static RunConfiguration small(Problem problem, boolean recompute) {
        List<String> settings =
                new ArrayList<>(
                        List.of(
                                "model.layers=2",
                                "training.batch=3",
                                "training.recompute=" + recompute));
        if (problem.name().equals("bnn")) {
            settings.add("problem.image=7");
            settings.add("problem.layers=conv 2 3x3 stride 2 bias; linear 10");
        }
        boolean quick = Presets.of(problem.name()).containsKey(QUICK);
        String preset = quick ? QUICK : Presets.DEFAULT;
        return RunConfiguration.resolve(problem, Optional.of(preset), "", Map.of(), settings);
    }

    @ParameterizedTest
    @CsvSource({"scalar, false", "scalar, true", "vector, false", "vector, true"})
    void whatIsCheckedIsWhatTrainingOfEveryProblemReserves(String device, boolean recompute) {
        assertThat(Problems.all()).hasSizeGreaterThan(1);
        for (Problem problem : Problems.all()) {
            RunConfiguration configuration = small(problem, recompute);
            ProblemInstance instance = configuration.instance();
            RunSettings settings = configuration.settings();
            try (Backend backend = Backends.open(device, 2);
                    Training training =
                            Training.start(
                                    backend,
                                    instance.model(),
                                    instance.conditioning(),
                                    settings,
                                    7,
                                    10)) {
                assertThat(MemoryCheck.estimate(backend, instance.model(), settings).total())
                        .as(problem.name())
                        .isCloseTo(training.bytesReserved(), withPercentage(5));
            }
        }
    }

    @Test
    void tooLittleMemorySaysHowMuchAndWhatToLower() {
        MemoryEstimate estimate = new MemoryEstimate(1L << 30, 0, 3L << 30);
        MemoryCheck.require(estimate, () -> 2L << 30, RunSettings.DEFAULTS, 4L << 30);
        assertThatThrownBy(() ->
                        MemoryCheck.require(
                                estimate, () -> 2L << 30, RunSettings.DEFAULTS, 3L << 30))
                .hasMessageContaining("needs 4.0 GiB of memory (3.0 GiB for activations)")
                .hasMessageContaining(
                        "3.0 GiB is available: set training.recompute=true (2.0 GiB then) or lower"
                                + " training.batch (now 32)");
        assertThatThrownBy(() ->
                        MemoryCheck.require(
                                estimate, () -> 4L << 30, RunSettings.DEFAULTS, 3L << 30))
                .hasMessageContaining("3.0 GiB is available: lower training.batch (now 32)");
    }

    @Test
    void recomputationIsNamedWhereItIsNotSetYet() {
        RunConfiguration huge =
                small(Problems.named("matrix-factorization"), false)
                        .with(List.of("training.batch=1000000"));
        RunSettings settings = huge.settings();
        RunSettings thrifty = settings.with(settings.training().withRecompute(true));
        GraphicalModel model = huge.instance().model();
        try (Backend backend = Backends.open("scalar", 1)) {
            assertThatThrownBy(() -> MemoryCheck.requireForTraining(backend, model, settings))
                    .hasMessageContaining("set training.recompute=true (");
            assertThatThrownBy(() -> MemoryCheck.requireForTraining(backend, model, thrifty))
                    .hasMessageContaining("is available: lower training.batch (now 1000000)");
        }
    }
}
