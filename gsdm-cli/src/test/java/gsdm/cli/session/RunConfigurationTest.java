package gsdm.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.graph.inference.ModelSettings;
import gsdm.graph.inference.RunSettings;
import gsdm.graph.inference.SamplingSettings;
import gsdm.graph.inference.TrainingSettings;
import gsdm.graph.problem.Problem;
import gsdm.graph.problem.Problems;
import gsdm.nn.diffusion.Parameterisation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class RunConfigurationTest {

    @TempDir Path folder;

    private static RunConfiguration resolve(Problem problem, String preset, String... settings) {
        return RunConfiguration.resolve(
                problem, Optional.of(preset), "", Map.of(), List.of(settings));
    }

    @Test
    void withoutAnythingSetTheLibrariesDefaultsHoldButForWhatTheProblemDecides() {
        RunConfiguration configuration =
                resolve(Problems.named("matrix-factorization"), Presets.DEFAULT);
        assertThat(configuration.settings())
                .isEqualTo(
                        RunSettings.DEFAULTS
                                .with(
                                        ModelSettings.DEFAULTS
                                                .withChannels(64)
                                                .withPrediction(Parameterisation.X0))
                                .with(TrainingSettings.DEFAULTS.withBatch(32).withMomentum(0.95))
                                .with(SamplingSettings.DEFAULTS.withEta(2)));
        assertThat(configuration.command()).isEqualTo(CommandSettings.DEFAULTS);
    }

    @Test
    void aProblemMayHaveADefaultOfItsOwn() {
        RunConfiguration configuration = resolve(Problems.named("bnn"), Presets.DEFAULT);
        assertThat(configuration.settings().model().layers()).isEqualTo(6);
        assertThat(configuration.settings().training().batch()).isEqualTo(2);
        assertThat(configuration.settings().diffusion())
                .isEqualTo(RunSettings.DEFAULTS.diffusion());
    }

    @Test
    void everyPresetOfEveryProblemIsValidAndReadsBack() throws IOException {
        Path file = folder.resolve("config.yaml");
        for (Problem problem : Problems.all()) {
            for (String preset : Presets.of(problem.name()).keySet()) {
                RunConfiguration configuration =
                        resolve(
                                problem,
                                preset,
                                "training.seed=7",
                                "sampling.solver=ddim",
                                "sampling.eta=0.5");
                Files.writeString(file, configuration.text());
                assertThat(RunConfiguration.read(file)).isEqualTo(configuration);
                configuration.instance();
            }
        }
    }

    @Test
    void aRelativeFolderOfImagesIsTheSameFromAnywhere() {
        RunConfiguration configuration =
                resolve(Problems.named("bnn"), Presets.DEFAULT, "problem.mnist=some/where");
        assertThat(configuration.text())
                .contains("mnist: \"" + Path.of("some/where").toAbsolutePath() + "\"");
    }

    @Test
    void everyKeyIsExplained() {
        String text = resolve(Problems.named("bnn"), Presets.DEFAULT).text();
        assertThat(text.lines().filter(line -> line.startsWith("  ")))
                .isNotEmpty()
                .allMatch(line -> line.contains("  # "));
    }
}
