package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gsdm.nn.network.WeightKind;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

/**
 * The default settings on models whose posteriors are known, trained for about as many steps as two
 * minutes give on two quiet cores: what the network gives, and what sweeps make of it.
 */
@Tag("slow")
class CalibratedTest {
    private static final int DATA_SETS = 200;
    private static final int SAMPLES = 200;

    static Stream<Arguments> models() {
        return Stream.of(
                Arguments.of("mean", CalibratedModel.mean(), 20_000, 0.03, 0.05),
                Arguments.of("schools", CalibratedModel.schools(), 15_000, 0.03, 0.07),
                Arguments.of("mixture", CalibratedModel.mixture(), 15_000, 0.04, 0.07),
                Arguments.of(
                        "autoregression", CalibratedModel.autoregression(), 15_000, 0.03, 0.05),
                Arguments.of("scale", CalibratedModel.scale(5), 20_000, 0.05, 0.05));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void posteriorsAreAsWideAsTheExactOnesAndWhereTheyAre(
            String name, CalibratedModel known, int steps, double width, double place) {
        try (Backend backend = Backends.open(Backends.AUTO, 2);
                Training training =
                        Training.start(
                                backend,
                                known.model(),
                                known.conditioning(),
                                RunSettings.DEFAULTS,
                                0,
                                steps)) {
            training.run(steps);
            SamplingSettings sampling = SamplingSettings.DEFAULTS;
            assertFits(
                    "the network's " + name,
                    known,
                    training,
                    sampling.withGibbsSweeps(0),
                    width,
                    place);
            assertFits(name, known, training, sampling, 0.03, 0.05);
        }
    }

    private static void assertFits(
            String name,
            CalibratedModel known,
            Training training,
            SamplingSettings sampling,
            double width,
            double place) {
        try (Posterior posterior = training.posterior(WeightKind.EMA, sampling)) {
            Fit.of(known, posterior, DATA_SETS, SAMPLES, 1)
                    .forEach((array, fit) -> {
                        String what = "%s of %s: %s".formatted(array, name, fit);
                        assertThat(fit.deviation()).as(what).isCloseTo(1, within(width));
                        assertThat(fit.meanError()).as(what).isLessThan(place);
                    });
        }
    }
}
