package gsdm.cli.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TrainingLengthTest {

    @Test
    void timesReadAsPeopleWriteThem() {
        assertThat(TrainingLength.ofTime("5m").minutes()).isEqualTo(5);
        assertThat(TrainingLength.ofTime("90s").minutes()).isEqualTo(1.5);
        assertThat(TrainingLength.ofTime("1h30m").minutes()).isEqualTo(90);
        assertThat(TrainingLength.ofTime("0.5m").minutes()).isEqualTo(0.5);
        for (String bad : new String[] {"", "5", "m", "0s", "-1m", "5m3h"}) {
            assertThatThrownBy(() -> TrainingLength.ofTime(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected a time as 90s");
        }
    }

    @Test
    void lengthsPrintAsPeopleWriteThem() {
        assertThat(TrainingLength.ofTime("90s")).hasToString("1.5m");
        assertThat(TrainingLength.ofTime("10m")).hasToString("10m");
        assertThat(TrainingLength.ofTime("0.5m")).hasToString("30s");
        assertThat(TrainingLength.ofSteps(1500)).hasToString("1500 steps");
    }
}
