package gsdm.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        try (Progress progress = Progress.of(out, mode, TASK, () -> now, () -> 100)) {
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

    /** What is seen of a bar at the end of the first of so many steps, on so many columns. */
    private String drawn(PrintStream to, long total, int columns) {
        bytes.reset();
        now = 0;
        Progress.Task task = new Progress.Task("training", "step", 0, total, "loss");
        try (Progress progress =
                Progress.of(to, Progress.Mode.BAR, task, () -> now, () -> columns)) {
            now += 1_000_000_000;
            progress.update(total / 2, 0.5);
        }
        return shown().lines().toList().getLast().replace("\033[K", "").replaceFirst(".*\r", "");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 20_000, 300_000, 12_345_678_901L, Long.MAX_VALUE})
    void theBarIsNeverAsLongAsTheLine(long total) {
        for (int columns = 1; columns <= 200; columns++) {
            assertThat(drawn(out, total, columns)).hasSizeLessThan(columns);
            if (columns >= 20) {
                assertThat(shown()).containsPattern("\\d[/%]");
            }
        }
    }

    @Test
    void whatMattersLeastIsLeftOutFirst() {
        assertThat(drawn(out, 300_000, 200))
                .isEqualTo(
                        "training ██████████░░░░░░░░░░ 150000/300000 steps, loss 0.5000,"
                                + " 150000 steps/s, 1s left");
        assertThat(drawn(out, 300_000, 80))
                .isEqualTo(
                        "training ██████░░░░░░ 150000/300000 steps, loss 0.5000, 150000 steps/s,"
                                + " 1s left");
        assertThat(drawn(out, 300_000, 66))
                .isEqualTo("training ███████░░░░░░░ 150000/300000 steps, loss 0.5000, 1s left");
        assertThat(drawn(out, 300_000, 50))
                .isEqualTo("training █████░░░░░░ 150000/300000 steps, 1s left");
        assertThat(drawn(out, 300_000, 34)).isEqualTo("training 150000/300000, 1s left");
        assertThat(drawn(out, 300_000, 24)).isEqualTo("training 150000/300000");
        assertThat(drawn(out, 300_000, 20)).isEqualTo("training ███░░░ 50%");
    }

    @Test
    void theBarIsOfLettersThatTheTerminalHas() {
        PrintStream ascii = new PrintStream(bytes, true, StandardCharsets.US_ASCII);
        assertThat(drawn(ascii, 20_000, 100)).startsWith("training ##########---------- 10000/");
    }

    @Test
    void columnsAreThoseOfTheVariableIfItIsANumber() {
        assertThat(Terminal.columns("132")).isEqualTo(132);
        for (String none : new String[] {"", "0", "-1", "x", "9999999999", "٨٠"}) {
            assertThat(Terminal.columns(none)).isZero();
        }
        assertThat(Terminal.columns()).isPositive();
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
                        () -> now,
                        () -> 80)) {
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
