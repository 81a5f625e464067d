package gsdm.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.cli.error.CommandException;

import org.junit.jupiter.api.Test;

class TimeTest {

    @Test
    void timesReadAsPeopleWriteThem() {
        assertThat(TrainCommand.minutes("5m")).isEqualTo(5);
        assertThat(TrainCommand.minutes("90s")).isEqualTo(1.5);
        assertThat(TrainCommand.minutes("1h30m")).isEqualTo(90);
        assertThat(TrainCommand.minutes("0.5m")).isEqualTo(0.5);
        for (String bad : new String[] {"", "5", "m", "0s", "-1m", "5m3h"}) {
            assertThatThrownBy(() -> TrainCommand.minutes(bad))
                    .isInstanceOf(CommandException.class);
        }
    }
}
