package gsdm.nn.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gsdm.nn.diffusion.LevelWeight.Kind;

import org.junit.jupiter.api.Test;

class LevelWeightTest {
    private static final double SIGNAL = 0.6;
    private static final double LEVEL = 0.8;
    private static final double SNR = 0.5625;

    private static double weight(Kind kind, Parameterisation parameterisation) {
        return LevelWeight.of(kind).of(parameterisation, SIGNAL, LEVEL);
    }

    /**
     * Stated on the clean value; a velocity is off by 1/level times as much, noise by SNR's root.
     */
    @Test
    void aWeightIsOfTheErrorOfTheCleanValue() {
        assertThat(weight(Kind.UNIFORM, Parameterisation.X0)).isEqualTo(1);
        assertThat(weight(Kind.SNR_PLUS_ONE, Parameterisation.X0))
                .isEqualTo(SNR + 1, within(1e-12));
        assertThat(weight(Kind.MIN_SNR, Parameterisation.X0)).isEqualTo(SNR, within(1e-12));
        for (Kind kind : Kind.values()) {
            double ofClean = weight(kind, Parameterisation.X0);
            assertThat(weight(kind, Parameterisation.V))
                    .isEqualTo(ofClean / (SNR + 1), within(1e-12));
            assertThat(weight(kind, Parameterisation.NOISE))
                    .isEqualTo(ofClean / SNR, within(1e-12));
        }
        assertThat(weight(Kind.SNR_PLUS_ONE, Parameterisation.V)).isEqualTo(1, within(1e-12));
    }

    @Test
    void minSnrIsBounded() {
        LevelWeight weight = new LevelWeight(Kind.MIN_SNR, 3);
        assertThat(weight.of(Parameterisation.X0, 0.8, 0.6)).isEqualTo(16 / 9.0, within(1e-12));
        assertThat(weight.of(Parameterisation.X0, 0.99, 0.1)).isEqualTo(3, within(1e-12));
        assertThatThrownBy(() -> new LevelWeight(Kind.MIN_SNR, 0)).hasMessageContaining("gamma");
        assertThatThrownBy(() -> new LevelWeight(Kind.MIN_SNR, Double.NaN))
                .hasMessageContaining("gamma");
    }

    /** The prediction in one pass has neither signal nor noise. */
    @Test
    void withoutNoiseErrorsCountAlike() {
        Diffusion none = Diffusion.none();
        assertThat(none.weight().of(none.parameterisation(), 0, 0)).isEqualTo(1);
    }
}
