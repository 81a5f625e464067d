package gsdm.cli.progress;

import java.io.PrintStream;
import java.util.function.LongSupplier;

/** Whole lines: the first after a second, then each after half as long again, at most a minute. */
final class LineProgress implements Progress {

    private static final long FIRST = 1_000_000_000L;
    private static final long LONGEST = 60 * FIRST;

    private final PrintStream out;
    private final Task task;
    private final LongSupplier clock;
    private final Pace pace;
    private long interval = FIRST;
    private long shownAt;
    private long shown = -1;
    private long done;
    private double value = Double.NaN;

    LineProgress(PrintStream out, Task task, LongSupplier clock) {
        this.out = out;
        this.task = task;
        this.clock = clock;
        this.done = task.first();
        this.shownAt = clock.getAsLong();
        this.pace = new Pace(task, shownAt);
    }

    @Override
    public void update(long newDone, double newValue) {
        done = newDone;
        value = newValue;
        long now = clock.getAsLong();
        if (now - shownAt >= interval) {
            interval = Math.min(LONGEST, interval + interval / 2);
            print(now);
        }
    }

    private void print(long now) {
        shownAt = now;
        shown = done;
        out.println(task.name() + " " + pace.describe(done, value, now));
    }

    @Override
    public void expect(long total) {
        pace.expect(total);
    }

    @Override
    public void close() {
        if (shown != done) {
            print(clock.getAsLong());
        }
    }
}
