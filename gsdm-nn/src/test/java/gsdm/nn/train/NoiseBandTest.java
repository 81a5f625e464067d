package gsdm.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.stream.Stream;

class NoiseBandTest {

    @Test
    void bandsGoFromTheirFirstRatioToTheirEnd() {
        assertThat(NoiseBand.of(0, 1)).isEqualTo(NoiseBand.LOWEST);
        assertThat(NoiseBand.of(0.0999, 1)).isEqualTo(NoiseBand.LOWEST);
        assertThat(NoiseBand.of(0.1, 1)).isEqualTo(NoiseBand.LOW);
        assertThat(NoiseBand.of(0.2, 0.5)).isEqualTo(NoiseBand.MIDDLE);
        assertThat(NoiseBand.of(0.5, 0.5)).isEqualTo(NoiseBand.HIGH);
        assertThat(NoiseBand.of(0.9, 0.25)).isEqualTo(NoiseBand.HIGHEST);
        assertThat(NoiseBand.of(1, 0)).isEqualTo(NoiseBand.HIGHEST);
    }

    @Test
    void namesStandInTheirOrder() {
        assertThat(Stream.of(NoiseBand.values()).map(NoiseBand::label))
                .containsExactly("0.0-0.1", "0.1-0.3", "0.3-1.0", "1.0-3.0", "3.0-inf")
                .isSorted();
    }
}
