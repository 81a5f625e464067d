package gsdm.cli.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import gsdm.graph.inference.RunSettings;
import gsdm.graph.inference.Training;
import gsdm.graph.inference.TrainingSize;
import gsdm.graph.problem.Problem;
import gsdm.graph.problem.ProblemInstance;
import gsdm.graph.problem.Problems;
import gsdm.nn.layout.LayoutBudget;
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
                assertThat(MemoryCheck.size(backend, instance, settings, 0).memory().total())
                        .as(problem.name())
                        .isCloseTo(training.bytesReserved(), withPercentage(5));
            }
        }
    }

    private static TrainingSize size(long kept, long recomputed) {
        return new TrainingSize(
                new LayoutBudget(1, 1, 0, 0, 0, 0),
                1,
                new MemoryEstimate(1L << 30, 0, kept << 30),
                new MemoryEstimate(1L << 30, 0, recomputed << 30),
                new MemoryEstimate(0, 0, 1L << 30),
                0,
                0);
    }

    @Test
    void tooLittleMemorySaysHowMuchAndWhatToLower() {
        TrainingSize size = size(3, 1);
        assertThat(MemoryCheck.fit(size, false, 4L << 30)).isEqualTo(MemoryCheck.Fit.YES);
        assertThat(MemoryCheck.fit(size, false, 3L << 30)).isEqualTo(MemoryCheck.Fit.RECOMPUTED);
        assertThat(MemoryCheck.fit(size, false, 1L << 30)).isEqualTo(MemoryCheck.Fit.NO);
        require(size, false, 4);
        assertThatThrownBy(() -> require(size, false, 3))
                .hasMessageContaining("needs 4.0 GiB of memory (3.0 GiB for activations)")
                .hasMessageContaining(
                        "3.0 GiB is available: set training.recompute=true (2.0 GiB then) or lower"
                                + " training.batch (now 64)");
        assertThatThrownBy(() -> require(size(3, 3), false, 3))
                .hasMessageContaining("3.0 GiB is available: lower training.batch (now 64)");
    }

    @Test
    void evaluatingTakesMemoryBesideTraining() {
        TrainingSize size = size(3, 1);
        assertThat(MemoryCheck.fit(size, true, 5L << 30)).isEqualTo(MemoryCheck.Fit.YES);
        assertThat(MemoryCheck.fit(size, true, 4L << 30)).isEqualTo(MemoryCheck.Fit.RECOMPUTED);
        assertThat(MemoryCheck.fit(size, true, 2L << 30)).isEqualTo(MemoryCheck.Fit.NO);
        require(size, true, 5);
        assertThatThrownBy(() -> require(size, true, 4))
                .hasMessageContaining(
                        "needs 5.0 GiB of memory (3.0 GiB for activations, 1.0 GiB for evaluating)")
                .hasMessageContaining(
                        "set training.recompute=true (3.0 GiB then) or set training.evaluate=0 or"
                                + " lower training.batch");
    }

    private static void require(TrainingSize size, boolean evaluated, int gibibytes) {
        MemoryCheck.require(size, evaluated, RunSettings.DEFAULTS, (long) gibibytes << 30);
    }

    @Test
    void recomputationTakesLess() {
        RunConfiguration configuration = small(Problems.named("matrix-factorization"), false);
        RunSettings settings = configuration.settings();
        ProblemInstance instance = configuration.instance();
        try (Backend backend = Backends.open("scalar", 1)) {
            TrainingSize size = MemoryCheck.size(backend, instance, settings, 0);
            RunSettings thrifty = settings.with(settings.training().withRecompute(true));
            assertThat(size.recomputed().total()).isLessThan(size.memory().total());
            assertThat(MemoryCheck.size(backend, instance, thrifty, 0).memory())
                    .isEqualTo(size.recomputed());
        }
    }
}
