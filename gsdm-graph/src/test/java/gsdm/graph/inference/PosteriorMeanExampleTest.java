package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import example.PosteriorMean;

import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.network.WeightKind;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

class PosteriorMeanExampleTest {
    private static final RunSettings SMALL =
            RunSettings.DEFAULTS
                    .with(
                            ModelSettings.DEFAULTS
                                    .withChannels(32)
                                    .withLayers(2)
                                    .withHeads(2)
                                    .withGroups(8))
                    .with(
                            TrainingSettings.DEFAULTS
                                    .withBatch(64)
                                    .withLearningRate(3e-3)
                                    .withWarmup(50)
                                    .withEmaDecay(0.99));

    /**
     * Of five values around a standard normal mean: N(sum / 6, 1 / 6), in closed form; for the
     * values of the example, and for any the model gives.
     */
    @Test
    void theExampleFindsTheExactPosterior(@TempDir Path folder) {
        Path file = folder.resolve("mean.safetensors");
        float[] mean = PosteriorMean.sample(file);
        assertThat(mean).hasSize(1000);
        double average = average(mean);
        double squares = 0;
        for (float each : mean) {
            squares += (each - average) * (each - average);
        }
        double deviation = Math.sqrt(1.0 / 6);
        assertThat(average).isCloseTo(4.5 / 6, within(0.15 * deviation));
        assertThat(Math.sqrt(squares / mean.length) / deviation).isCloseTo(1, within(0.08));

        CalibratedModel known = CalibratedModel.mean();
        try (Backend backend = Backends.open(Backends.AUTO, 2);
                Checkpoint checkpoint = Checkpoint.open(file);
                Posterior network =
                        Posterior.load(
                                backend,
                                known.model(),
                                checkpoint,
                                WeightKind.EMA,
                                SamplingSettings.DEFAULTS.withGibbsSweeps(0));
                Posterior swept = Posterior.load(backend, known.model(), file)) {
            Fit fit = Fit.of(known, network, 200, 50, 1).get("mean");
            assertThat(fit.deviation()).as(fit.toString()).isCloseTo(1, within(0.04));
            assertThat(fit.meanError()).as(fit.toString()).isLessThan(0.1);
            Fit exact = Fit.of(known, swept, 200, 200, 1).get("mean");
            assertThat(exact.deviation()).as(exact.toString()).isCloseTo(1, within(0.03));
            assertThat(exact.meanError()).as(exact.toString()).isLessThan(0.05);
        }
    }

    @Test
    void severalThreadsSampleOneModelAndGetWhatOneThreadGets() throws Exception {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    var i = m.plate("i", 3);
                    var a = m.normal("a");
                    m.let("b", a.here().plus(m.normal("c", i).at(i)), i);
                });
        try (Backend backend = Backends.open(Backends.AUTO, 2);
                Training training =
                        Training.start(backend, model, Conditioning.fixed("b"), SMALL, 7, 10)) {
            training.run(3);
            try (Posterior posterior =
                            training.posterior(
                                    WeightKind.EMA,
                                    new SamplingSettings(
                                            gsdm.nn.sample.SamplerConfig.Solver.DDIM,
                                            5,
                                            1,
                                            gsdm.nn.sample.SamplerConfig.Spacing.TRAILING,
                                            0,
                                            2));
                    ExecutorService threads = Executors.newFixedThreadPool(3)) {
                Observations observed = Observations.of(model, "b", 0.5f, Float.NaN, -1f);
                float[] expected = posterior.sample(observed, 4, 11).values();
                List<Future<Samples>> results = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    results.add(threads.submit(() -> posterior.sample(observed, 4, 11)));
                }
                for (Future<Samples> result : results) {
                    assertThat(result.get().values()).containsExactly(expected);
                }
                assertThat(posterior.sample(observed, 4, 12).values()).isNotEqualTo(expected);
                assertThat(posterior.covers(observed, 0)).isFalse();
            }
        }
    }

    @Test
    void theReadmeShowsTheProgramThatIsTested() throws Exception {
        Path root = Path.of("").toAbsolutePath().getParent();
        Path file = root.resolve("docs/example/src/main/java/example/PosteriorMean.java");
        String source = Files.readString(file);
        assertThat(Files.readString(root.resolve("README.md")))
                .contains("```java\n" + source.substring(source.indexOf("import ")) + "```\n");
    }

    /** A reader who copies the example gets the version that this is. */
    @Test
    void theExampleDependsOnThisVersionAndPassesTheFlagsOfTheTests() throws Exception {
        Path root = Path.of("").toAbsolutePath().getParent();
        String pom = Files.readString(root.resolve("docs/example/pom.xml"));
        Matcher version =
                Pattern.compile("<artifactId>gsdm</artifactId>\\s*<version>(.+)</version>")
                        .matcher(Files.readString(root.resolve("pom.xml")));
        assertThat(version.find()).isTrue();
        assertThat(pom.replaceAll("\\s+", ""))
                .contains(
                        "<artifactId>gsdm-graph</artifactId><version>" + version.group(1) + "<",
                        "<argument>--add-modules</argument>"
                                + "<argument>jdk.incubator.vector</argument>"
                                + "<argument>--enable-native-access=ALL-UNNAMED</argument>");
    }

    private static double average(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
