package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.nn.diffusion.LevelWeight;
import gsdm.nn.diffusion.NoiseSchedule;
import gsdm.nn.diffusion.Parameterisation;
import gsdm.nn.diffusion.Reduction;
import gsdm.nn.diffusion.TimeEmbedding;
import gsdm.nn.layout.EmbeddingKind;
import gsdm.nn.network.NormKind;
import gsdm.nn.sample.SamplerConfig;
import gsdm.nn.train.LearningRate;
import gsdm.nn.train.Optimizer;
import gsdm.tensor.program.Attention.Neighbours;
import gsdm.tensor.program.Loss.Criterion;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

class SettingsTest {
    /** Two records of each kind that differ in every component. */
    private record Pair(Record first, Record second) {}

    static List<Pair> pairs() {
        return List.of(
                new Pair(
                        TrainingSettings.DEFAULTS,
                        new TrainingSettings(
                                32,
                                3e-4,
                                7,
                                other(LearningRate.Decay.values(), LearningRate.Decay.LINEAR),
                                0.6,
                                0.1,
                                other(Optimizer.values(), Optimizer.MUON),
                                0.9,
                                0.8,
                                0.99,
                                1e-6,
                                2,
                                0.9,
                                Criterion.SQUARED_ERROR,
                                ArrayWeights.BY_ROOT,
                                other(Reduction.values(), Reduction.MEAN),
                                3,
                                SubgraphKind.PLATE,
                                0.1,
                                7,
                                true,
                                20,
                                5)),
                new Pair(
                        ModelSettings.DEFAULTS,
                        new ModelSettings(
                                ModelSystem.REGRESSOR_GS,
                                128,
                                3,
                                8,
                                NormKind.GROUP,
                                16,
                                EmbeddingKind.IE,
                                Neighbours.DENSE,
                                false,
                                Parameterisation.NOISE,
                                false,
                                false,
                                false)),
                new Pair(
                        DiffusionSettings.DEFAULTS,
                        new DiffusionSettings(
                                other(NoiseSchedule.Kind.values(), NoiseSchedule.Kind.COSINE),
                                900,
                                2e-4,
                                0.03,
                                LevelWeight.Kind.UNIFORM,
                                3,
                                TimeEmbedding.STEP,
                                false)),
                new Pair(
                        SamplingSettings.DEFAULTS.withEta(0).withSolver(SamplerConfig.Solver.DDIM),
                        new SamplingSettings(
                                SamplerConfig.Solver.DPM_SOLVER,
                                10,
                                0,
                                SamplerConfig.Spacing.LEADING,
                                3,
                                11)));
    }

    private static <E extends Enum<E>> E other(E[] all, E than) {
        return all[(than.ordinal() + 1) % all.length];
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void oneComponentIsChangedAndNoOther(Pair pair) throws Exception {
        for (RecordComponent changed : pair.first.getClass().getRecordComponents()) {
            String name = changed.getName();
            Object value = changed.getAccessor().invoke(pair.second);
            Object result =
                    pair.first
                            .getClass()
                            .getMethod(
                                    "with"
                                            + Character.toUpperCase(name.charAt(0))
                                            + name.substring(1),
                                    changed.getType())
                            .invoke(pair.first, value);
            for (RecordComponent each : pair.first.getClass().getRecordComponents()) {
                Record expected = each.getName().equals(name) ? pair.second : pair.first;
                assertThat(each.getAccessor().invoke(result))
                        .as("%s of %s with another %s", each.getName(), pair.first, name)
                        .isEqualTo(each.getAccessor().invoke(expected));
            }
        }
    }

    private static RunSettings ofAll(Function<Pair, Record> choice) {
        List<Record> parts = pairs().stream().map(choice).toList();
        return new RunSettings(
                (ModelSettings) parts.get(1),
                (DiffusionSettings) parts.get(2),
                (TrainingSettings) parts.get(0),
                (SamplingSettings) parts.get(3));
    }

    @Test
    void whatIsWrittenIsRead() {
        for (RunSettings settings : List.of(ofAll(Pair::first), ofAll(Pair::second))) {
            assertThat(SettingsText.read(SettingsText.write(settings))).isEqualTo(settings);
        }
    }

    @Test
    void settingsThatCameLaterAreWhatTheyWereBefore() {
        RunSettings before =
                RunSettings.DEFAULTS
                        .with(
                                ModelSettings.DEFAULTS
                                        .withNorm(NormKind.GROUP)
                                        .withProgramFeatures(false)
                                        .withLikelihood(false)
                                        .withFolding(false))
                        .with(
                                DiffusionSettings.DEFAULTS
                                        .withLossWeight(LevelWeight.Kind.UNIFORM)
                                        .withTimeEmbedding(TimeEmbedding.STEP))
                        .with(
                                TrainingSettings.DEFAULTS
                                        .withOptimizer(Optimizer.ADAM)
                                        .withMomentum(0.95)
                                        .withGibbsSweeps(0)
                                        .withDiscreteLoss(Criterion.SQUARED_ERROR))
                        .with(
                                SamplingSettings.DEFAULTS
                                        .withEta(0)
                                        .withGibbsSweeps(0)
                                        .withSolver(SamplerConfig.Solver.DDIM));
        Map<String, String> entries = SettingsText.write(before);
        for (String later :
                List.of(
                        "model.system",
                        "model.norm",
                        "model.programFeatures",
                        "model.likelihood",
                        "model.folding",
                        "diffusion.lossWeight",
                        "diffusion.lossGamma",
                        "diffusion.timeEmbedding",
                        "diffusion.scaleValues",
                        "training.recompute",
                        "training.gibbsSweeps",
                        "sampling.gibbsSweeps",
                        "training.subgraph",
                        "training.budget",
                        "training.subgraphPool",
                        "training.optimizer",
                        "training.momentum",
                        "training.discreteLoss",
                        "training.arrayWeights",
                        "sampling.solver")) {
            assertThat(entries.remove(later)).as(later).isNotNull();
        }
        assertThat(SettingsText.read(entries)).isEqualTo(before);
        entries.remove("training.keep");
        assertThatThrownBy(() -> SettingsText.read(entries))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the setting training.keep is missing");
    }

    @Test
    void networksThatWereToldGradientsAreRefused() {
        Map<String, String> entries = SettingsText.write(RunSettings.DEFAULTS);
        entries.put("model.programFeatures", "true");
        assertThatThrownBy(() -> SettingsText.read(entries))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("train it anew");
        entries.put("model.system", "REGRESSOR_GS");
        assertThat(SettingsText.read(entries).model().system()).isEqualTo(ModelSystem.REGRESSOR_GS);
    }

    /** Every checkpoint has these, but for what came later. */
    @Test
    void theEntriesOfACheckpointHaveTheseNamesAndWords() {
        assertThat(SettingsText.write(RunSettings.DEFAULTS))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.ofEntries(
                                Map.entry("model.system", "DIFFUSION"),
                                Map.entry("model.channels", "32"),
                                Map.entry("model.layers", "6"),
                                Map.entry("model.heads", "4"),
                                Map.entry("model.norm", "LAYER"),
                                Map.entry("model.groups", "32"),
                                Map.entry("model.embedding", "EE"),
                                Map.entry("model.attention", "SPARSE"),
                                Map.entry("model.scaleScores", "true"),
                                Map.entry("model.prediction", "V"),
                                Map.entry("model.programFeatures", "steps"),
                                Map.entry("model.likelihood", "true"),
                                Map.entry("model.folding", "true"),
                                Map.entry("diffusion.schedule", "COSINE"),
                                Map.entry("diffusion.steps", "1000"),
                                Map.entry("diffusion.betaStart", "1.0E-4"),
                                Map.entry("diffusion.betaEnd", "0.02"),
                                Map.entry("diffusion.lossWeight", "MIN_SNR"),
                                Map.entry("diffusion.lossGamma", "5.0"),
                                Map.entry("diffusion.timeEmbedding", "NOISE_LEVEL"),
                                Map.entry("diffusion.scaleValues", "true"),
                                Map.entry("training.batch", "64"),
                                Map.entry("training.learningRate", "0.003"),
                                Map.entry("training.warmup", "100"),
                                Map.entry("training.decay", "LINEAR"),
                                Map.entry("training.decayShare", "0.6"),
                                Map.entry("training.floor", "0.02"),
                                Map.entry("training.optimizer", "MUON"),
                                Map.entry("training.momentum", "0.98"),
                                Map.entry("training.beta1", "0.9"),
                                Map.entry("training.beta2", "0.999"),
                                Map.entry("training.epsilon", "1.0E-8"),
                                Map.entry("training.clipNorm", "1.0"),
                                Map.entry("training.emaDecay", "0.999"),
                                Map.entry("training.discreteLoss", "CROSS_ENTROPY"),
                                Map.entry("training.arrayWeights", "BY_VALUE"),
                                Map.entry("training.reduction", "MEAN"),
                                Map.entry("training.gibbsSweeps", "1"),
                                Map.entry("sampling.gibbsSweeps", "10"),
                                Map.entry("training.subgraph", "NONE"),
                                Map.entry("training.budget", "0.05"),
                                Map.entry("training.subgraphPool", "1000"),
                                Map.entry("training.recompute", "false"),
                                Map.entry("training.checkpointEvery", "500"),
                                Map.entry("training.keep", "3"),
                                Map.entry("sampling.solver", "UNI_PC"),
                                Map.entry("sampling.steps", "25"),
                                Map.entry("sampling.eta", "0.0"),
                                Map.entry("sampling.spacing", "ASINH"),
                                Map.entry("sampling.clip", "0.0")));
    }

    @Test
    void whatIsChangedIsChecked() {
        assertThat(TrainingSettings.DEFAULTS.withBatch(32).withLearningRate(1e-4))
                .returns(32, TrainingSettings::batch)
                .returns(1e-4, TrainingSettings::learningRate);
        assertThatThrownBy(() -> TrainingSettings.DEFAULTS.withBatch(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("batch must be 1 or more");
        assertThatThrownBy(() -> ModelSettings.DEFAULTS.withChannels(30))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a multiple of 4 heads");
        assertThatThrownBy(() -> ModelSettings.DEFAULTS.withEmbedding(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("embedding");
        assertThat(SamplingSettings.DEFAULTS.withEta(0.5).withSolver(SamplerConfig.Solver.DDIM))
                .returns(0.5, SamplingSettings::eta);
        assertThatThrownBy(() -> SamplingSettings.DEFAULTS.withEta(4.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "eta, the noise added, must be 0 to 4 with the solver UNI_PC; found 4.5");
        assertThatThrownBy(() -> SamplingSettings.DEFAULTS.withSteps(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 or more steps; found 0");
        assertThatThrownBy(() -> DiffusionSettings.DEFAULTS.withSteps(0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
