package gsdm.nn.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gsdm.nn.TestModels;
import gsdm.nn.layout.EmbeddingKind;
import gsdm.nn.layout.LayoutSignature;
import gsdm.tensor.program.Attention.Neighbours;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

class SinusoidTest {
    @Test
    void sinesThenCosinesAndAnOddWidthEndsInZero() {
        float[] out = {9, 9, 9, 9, 9, 9, 9, 9};
        double[] frequencies = Sinusoid.frequencies(7, 100);
        assertThat(frequencies[0]).isEqualTo(1);
        assertThat(frequencies[1]).isEqualTo(0.1, within(1e-15));
        assertThat(frequencies[2]).isEqualTo(0.01, within(1e-15));
        Sinusoid.write(3, frequencies, 7, MemorySegment.ofArray(out), 1);
        float[] expected = {
            9,
            (float) Math.sin(3),
            (float) Math.sin(0.3),
            (float) Math.sin(0.03),
            (float) Math.cos(3),
            (float) Math.cos(0.3),
            (float) Math.cos(0.03),
            0
        };
        assertThat(out).containsExactly(expected, within(1e-7f));
    }

    @Test
    void fewerThanFourChannelsAreTooFew() {
        assertThatThrownBy(() -> Sinusoid.frequencies(3, 100)).hasMessageContaining("found 3");
        LayoutSignature signature = TestModels.positional().signature();
        LayoutSignature deep = new LayoutSignature(signature.arrays(), EmbeddingKind.AE, 1, 3);
        assertThatThrownBy(() -> new Denoiser(TestModels.small(Neighbours.SPARSE), deep))
                .hasMessageContaining("8 channels are fewer than 4 for each of 3 axes");
    }

    @Test
    void theEmbeddingOfATimeStepHasItsSinesFirst() {
        TimeTable times = new TimeTable(new double[] {0, 1, 2}, 8);
        float[] table = new float[3 * 8];
        for (int t = 0; t < 3; t++) {
            times.write(t, MemorySegment.ofArray(table), t);
            for (int i = 0; i < 4; i++) {
                double angle = t * Math.pow(10_000, -i / 3.0);
                assertThat(table[8 * t + i]).isCloseTo((float) Math.sin(angle), within(1e-7f));
                assertThat(table[8 * t + 4 + i]).isCloseTo((float) Math.cos(angle), within(1e-7f));
            }
        }
    }
}
