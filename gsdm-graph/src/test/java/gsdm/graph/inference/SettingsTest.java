package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.nn.diffusion.NoiseSchedule;
import gsdm.nn.diffusion.Prediction;
import gsdm.nn.layout.EmbeddingKind;
import gsdm.nn.sample.SamplerConfig;
import gsdm.nn.train.LearningRate;
import gsdm.nn.train.Reduction;
import gsdm.tensor.program.Op.Neighbours;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.reflect.RecordComponent;
import java.util.List;

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
                                LearningRate.Decay.LINEAR,
                                0.1,
                                0.8,
                                0.99,
                                1e-6,
                                2,
                                0.9,
                                other(Reduction.values(), Reduction.MEAN),
                                20,
                                5)),
                new Pair(
                        ModelSettings.DEFAULTS,
                        new ModelSettings(
                                128,
                                3,
                                8,
                                16,
                                EmbeddingKind.IE,
                                Neighbours.DENSE,
                                false,
                                Prediction.NOISE)),
                new Pair(
                        DiffusionSettings.DEFAULTS,
                        new DiffusionSettings(
                                other(NoiseSchedule.Kind.values(), NoiseSchedule.Kind.LINEAR),
                                900,
                                2e-4,
                                0.03)),
                new Pair(
                        SamplingSettings.DEFAULTS,
                        new SamplingSettings(10, 1, SamplerConfig.Spacing.LEADING, 3)));
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
        assertThatThrownBy(() -> SamplingSettings.DEFAULTS.withSteps(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 or more steps; found 0");
        assertThatThrownBy(() -> DiffusionSettings.DEFAULTS.withSteps(0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
