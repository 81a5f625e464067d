package gsdm.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

class ProgressTest {

    private static final Progress.Task TASK =
            new Progress.Task("training", "step", 100, 1100, "loss");

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private long now;

    private void train(Progress.Mode mode) {
        try (Progress progress = Progress.of(out, mode, TASK, () -> now)) {
            for (int step = 101; step <= 1100; step++) {
                now += 100_000_000; // ten steps a second
                progress.update(step, 0.5);
            }
        }
    }

    private String shown() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void linesComeFurtherAndFurtherApart() {
        train(Progress.Mode.LINES);
        assertThat(shown().lines())
                .hasSizeBetween(5, 20)
                .startsWith("training 110/1100 steps, loss 0.5000, 10.0 steps/s, 1m 39s left")
                .endsWith("training 1100/1100 steps, loss 0.5000, 10.0 steps/s, took 1m 40s");
    }

    @Test
    void theBarIsOneLineDrawnOver() {
        train(Progress.Mode.BAR);
        assertThat(shown()).endsWith("took 1m 40s\033[K" + System.lineSeparator());
        assertThat(shown().lines().filter(line -> !line.isBlank()).toList().getLast())
                .contains("████████████████████");
        assertThat(shown().chars().filter(c -> c == '\n').count()).isEqualTo(1);
        for (String drawn : shown().split("\r", -1)) {
            assertThat(drawn.strip()).hasSizeLessThan(90);
        }
    }

    @Test
    void quietShowsNothing() {
        train(Progress.Mode.QUIET);
        assertThat(shown()).isEmpty();
    }

    @Test
    void noValueAndNoStepsYetAreFine() {
        try (Progress progress =
                Progress.of(
                        out,
                        Progress.Mode.LINES,
                        new Progress.Task("sampling", "problem", 0, 0, ""),
                        () -> now)) {
            progress.update(0, Double.NaN);
        }
        assertThat(shown()).startsWith("sampling 0/0 problems").doesNotContain("NaN", "null");
    }

    @Test
    void durationsReadAsPeopleSayThem() {
        assertThat(Pace.duration(59.4)).isEqualTo("59s");
        assertThat(Pace.duration(61)).isEqualTo("1m 1s");
        assertThat(Pace.duration(7500)).isEqualTo("2h 5m");
    }

    @Test
    void aStopIsAskedForOnceAndMayBeClosedTwice() {
        StopRequest stop = StopRequest.listen();
        assertThat(stop.requested()).isFalse();
        stop.request();
        assertThat(stop.requested()).isTrue();
        stop.close();
        stop.close();
    }
}
