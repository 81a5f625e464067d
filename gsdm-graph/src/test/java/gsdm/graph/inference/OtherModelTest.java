package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.graph.model.Array;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.Expr;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;
import gsdm.graph.model.Source;
import gsdm.graph.problem.Metric;
import gsdm.graph.problem.ProblemException;
import gsdm.graph.problem.ProblemInstance;
import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.network.WeightKind;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.io.SafetensorsFile;
import gsdm.tensor.io.SafetensorsWriter;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** What was made for another model of the same names and shapes is refused, with what differs. */
class OtherModelTest {
    private static final RunSettings TINY =
            RunSettings.DEFAULTS
                    .with(
                            new ModelSettings(
                                    ModelSystem.DIFFUSION,
                                    8,
                                    1,
                                    2,
                                    ModelSettings.DEFAULTS.norm(),
                                    4,
                                    ModelSettings.DEFAULTS.embedding(),
                                    ModelSettings.DEFAULTS.attention(),
                                    true,
                                    ModelSettings.DEFAULTS.prediction(),
                                    false,
                                    true,
                                    true))
                    .with(SamplingSettings.DEFAULTS.withSteps(3));
    private static final Source ZEROS = (_, _) -> 0;
    private static final GraphicalModel MODEL = model(Expr::relu, ZEROS);

    private static Backend backend;

    @TempDir private static Path folder;
    private static Path file;

    private static GraphicalModel model(UnaryOperator<Expr> change, Source source) {
        return GraphicalModel.define(m -> {
            Plate i = m.plate("i", 4);
            Array x = m.data("x", source, i);
            Array w = m.normal("w");
            m.let("y", change.apply(x.at(i).plus(w.here())), i);
        });
    }

    @BeforeAll
    static void train() {
        backend = Backends.open("scalar", 1);
        file = folder.resolve("trained.safetensors");
        try (Training training =
                Training.start(backend, MODEL, Conditioning.fixed("y"), TINY, 0, 10)) {
            training.run(1);
            training.save(file);
        }
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static Posterior load(GraphicalModel model) {
        return Posterior.load(backend, model, file);
    }

    @Test
    void aCheckpointOfAnotherProgramIsRefused() {
        GraphicalModel other = model(expr -> expr, ZEROS);
        String differs = "array y: y[i] = relu(x[i] + w[]) there, y[i] = x[i] + w[] here";
        assertThatThrownBy(() -> load(other).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("checkpoint " + file + ": it is of another model: " + differs);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThatThrownBy(() -> Training.resume(backend, other, checkpoint).close())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(differs);
        }
        load(model(Expr::relu, ZEROS)).close();
    }

    @Test
    void otherDataEndsARunAndIsWarnedOfElsewhere() {
        GraphicalModel other = MODEL.withData("x", (_, index) -> index);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThatThrownBy(() -> Training.resume(backend, other, checkpoint).close())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("it was trained on other data: values of x: ");
        }
        try (Posterior posterior = load(other)) {
            assertThat(posterior.warnings())
                    .singleElement()
                    .asString()
                    .startsWith(file + " was trained on other data: values of x: ");
            assertThat(posterior.warnings()).isEmpty();
            assertThat(posterior.sample(Observations.none(MODEL, 1), 1, 1).perCase()).isOne();
        }
    }

    @Test
    void aCheckpointThatSaysNothingOfItsModelIsTakenAsBefore() throws IOException {
        Path old =
                rewritten(text ->
                        text.keySet()
                                .removeIf(
                                        key -> key.matches("config\\.(definition|outside)\\..*")));
        try (Posterior posterior = Posterior.load(backend, model(expr -> expr, ZEROS), old)) {
            assertThat(posterior.warnings()).isEmpty();
        }
        assertThatThrownBy(() -> Posterior.load(backend, MODEL.at(Map.of("i", 5)), old).close())
                .hasMessageContaining("it is of a model with the arrays x[4]");
    }

    /** The checkpoint with other words in its header, and the checksum they ask for. */
    private static Path rewritten(Consumer<Map<String, String>> change) throws IOException {
        Path changed = folder.resolve("changed.safetensors");
        SafetensorsWriter writer = new SafetensorsWriter();
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsFile read = SafetensorsFile.open(file, arena);
            Map<String, String> text = new LinkedHashMap<>(read.metadata());
            change.accept(text);
            text.forEach(writer::metadata);
            for (String name : read.names()) {
                writer.floats(name, read.floats(name), read.get(name).shape());
            }
        }
        writer.write(changed);
        return changed;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "array.1.name               | v    | scales of the arrays [x, w, y] in this order,"
                        + " found those of [x, v, y]",
                "array.1.name               | x    | found those of [x, x, y]",
                "array.1.name               | ''   | in this order",
                "config.conditioning        | -    | does not say what training observed",
                "config.conditioning        | ?    | expected arrays to observe",
                "config.arrays              | -    | (none named)",
                "config.model.channels      | -    | the setting model.channels is missing",
                "config.model.channels      | 1e1  | model.channels must be a number, found 1e1",
                "config.model.channels      | 3    | settings of section model",
                "config.model.scaleScores   | yes  | must be one of [true, false], found yes",
                "config.model.attention     | DIM  | model.attention must be one of",
                "config.training.epsilon    | NaN  | settings of section training",
                "config.definition.array y  | -    | array y: none there",
            })
    void anOddHeaderIsRefusedInWords(String key, String value, String words) throws IOException {
        Path odd =
                rewritten(text -> {
                    text.remove(key);
                    if (value != null) {
                        text.put(key, value);
                    }
                });
        assertThatThrownBy(() -> Posterior.load(backend, MODEL, odd).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("checkpoint " + odd + ": ")
                .hasMessageContaining(words);
    }

    @Test
    void scalesInAnotherOrderAreRefused() throws IOException {
        Path odd =
                rewritten(text -> {
                    text.put("array.0.name", "w");
                    text.put("array.1.name", "x");
                });
        assertThatThrownBy(() -> Posterior.load(backend, MODEL, odd).close())
                .hasMessageContaining("[x, w, y] in this order, found those of [w, x, y]");
    }

    @Test
    void observationsOfAnotherModelAreRefused() {
        try (Posterior posterior = load(MODEL)) {
            Observations other = Observations.of(MODEL.at(Map.of("i", 2)), "y", 1, 2);
            assertThatThrownBy(() -> posterior.sample(other, 1, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "the observations are of another model than the posterior: plate i:"
                                    + " exchangeable, size 2 there, exchangeable, size 4 here");
            assertThatThrownBy(() -> posterior.covers(other, 0))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> posterior.warnings(other))
                    .isInstanceOf(IllegalArgumentException.class);
            Observations linear = Observations.none(model(expr -> expr, ZEROS), 1);
            assertThatThrownBy(() -> posterior.sample(linear, 1, 1)).hasMessageContaining("relu");
            Observations twin = Observations.of(model(Expr::relu, ZEROS), "y", 1, 2, 3, 4);
            assertThat(posterior.sample(twin, 1, 1).values())
                    .containsExactly(
                            posterior
                                    .sample(Observations.of(MODEL, "y", 1, 2, 3, 4), 1, 1)
                                    .values());
        }
    }

    @Test
    void observationsOfOtherIndicesAreRefused() {
        GraphicalModel first = MODEL.restrict(Map.of(MODEL.plate("i"), new int[] {0, 1}));
        GraphicalModel second = MODEL.restrict(Map.of(MODEL.plate("i"), new int[] {0, 2}));
        try (Training training =
                        Training.start(backend, first, Conditioning.fixed("y"), TINY, 0, 10);
                Posterior posterior = training.posterior(WeightKind.RAW, TINY.sampling())) {
            Observations other = Observations.of(second, "y", 1, 2);
            assertThatThrownBy(() -> posterior.sample(other, 1, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("plate i: exchangeable, size 4, 2 kept");
            Observations whole = Observations.of(MODEL, "y", 1, 2, 3, 4);
            assertThatThrownBy(() -> posterior.sample(whole, 1, 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void problemsOfAnotherModelAreNotScored() {
        GraphicalModel other = model(expr -> expr, ZEROS);
        ProblemInstance instance =
                new ProblemInstance(other, other, Conditioning.fixed("y"), Metric.NONE);
        try (Posterior posterior = load(MODEL)) {
            assertThatThrownBy(() -> Evaluation.run(posterior, instance, 1, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the problems are of another model than the posterior");
        }
        assertThatThrownBy(() ->
                        new ProblemInstance(MODEL, other, Conditioning.fixed("y"), Metric.NONE))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("must differ in outside data only: array y");
    }
}
