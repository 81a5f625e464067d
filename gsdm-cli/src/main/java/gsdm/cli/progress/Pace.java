package gsdm.cli.progress;

import java.util.Locale;

/** Speed and time left, and how they read. */
final class Pace {

    private static final double SECOND = 1e9;

    private final Progress.Task task;
    private final long start;

    Pace(Progress.Task task, long start) {
        this.task = task;
        this.start = start;
    }

    /** As {@code training 120/3000 steps, loss 0.4312, 12.5 steps/s, 3m 50s left}. */
    String describe(long done, double value, long now) {
        double seconds = Math.max(1e-9, (now - start) / SECOND);
        double speed = (done - task.first()) / seconds;
        StringBuilder text = new StringBuilder();
        text.append(done)
                .append('/')
                .append(task.total())
                .append(' ')
                .append(task.unit())
                .append('s');
        if (!Double.isNaN(value)) {
            text.append(", ").append(task.value()).append(' ').append(figure(value));
        }
        text.append(", ").append(figure(speed)).append(' ').append(task.unit()).append("s/s");
        if (done >= task.total()) {
            text.append(", took ").append(duration(seconds));
        } else if (speed > 0) {
            text.append(", ").append(duration((task.total() - done) / speed)).append(" left");
        }
        return text.toString();
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
