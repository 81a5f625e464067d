package gsdm.cli.progress;

import java.util.Locale;
import java.util.stream.Stream;

/** Speed and time left, and how they read. */
final class Pace {

    private static final double SECOND = 1e9;

    private final Progress.Task task;
    private final long start;
    private long total;

    Pace(Progress.Task task, long start) {
        this.task = task;
        this.start = start;
        this.total = task.total();
    }

    /** Revises how many steps there are. */
    void expect(long newTotal) {
        total = newTotal;
    }

    /** As {@code 120/3000 steps, loss 0.4312, 12.5 steps/s, 3m 50s left}. */
    String describe(long done, double value, long now) {
        return describe(done, value, now, Integer.MAX_VALUE);
    }

    /** As much of it, the most important first, as fits into so many columns. */
    String describe(long done, double value, long now, int columns) {
        double seconds = Math.max(1e-9, (now - start) / SECOND);
        double speed = (done - task.first()) / seconds;
        String count = done + "/" + total;
        String counted = count + " " + task.unit() + "s";
        String beside = Double.isNaN(value) ? "" : ", " + task.value() + " " + figure(value);
        String pace = ", " + figure(speed) + " " + task.unit() + "s/s";
        String time =
                done >= total
                        ? ", took " + duration(seconds)
                        : speed > 0 ? ", " + duration((total - done) / speed) + " left" : "";
        return Stream.of(
                        counted + beside + pace + time,
                        counted + beside + time,
                        counted + time,
                        count + time,
                        count,
                        (int) (100 * share(done)) + "%")
                .filter(text -> text.length() <= columns)
                .findFirst()
                .orElse("");
    }

    /** How much is done, of 1. */
    double share(long done) {
        return done >= total ? 1 : (double) done / total;
    }

    /** Four significant digits. */
    private static String figure(double value) {
        double size = Math.abs(value);
        String format =
                size >= 1000 || size == 0
                        ? "%.0f"
                        : size >= 1 ? "%.3g" : size >= 1e-3 ? "%.4f" : "%.2e";
        return String.format(Locale.ROOT, format, value);
    }

    /** As {@code 2h 5m}, {@code 3m 50s} or {@code 12s}. */
    static String duration(double seconds) {
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + "s";
        }
        return whole < 3600
                ? whole / 60 + "m " + whole % 60 + "s"
                : whole / 3600 + "h " + whole % 3600 / 60 + "m";
    }
}
