package gsdm.cli.progress;

import java.io.PrintStream;
import java.util.function.LongSupplier;

/** One line of a terminal, drawn over again a few times a second. */
final class BarProgress implements Progress {

    private static final long INTERVAL = 500_000_000;
    private static final int WIDTH = 20;
    private static final String ERASE_TO_END_OF_LINE = "\033[K";

    private final PrintStream out;
    private final Task task;
    private final LongSupplier clock;
    private final Pace pace;
    private long shownAt;
    private long done;
    private double value = Double.NaN;

    BarProgress(PrintStream out, Task task, LongSupplier clock) {
        this.out = out;
        this.task = task;
        this.clock = clock;
        this.done = task.first();
        this.shownAt = clock.getAsLong();
        this.pace = new Pace(task, shownAt);
        draw(shownAt);
    }

    @Override
    public void update(long newDone, double newValue) {
        done = newDone;
        value = newValue;
        long now = clock.getAsLong();
        if (now - shownAt >= INTERVAL) {
            draw(now);
        }
    }

    private void draw(long now) {
        shownAt = now;
        int full =
                task.total() == 0
                        ? WIDTH
                        : (int) (WIDTH * Math.min(done, task.total()) / task.total());
        String bar = "█".repeat(full) + "░".repeat(WIDTH - full);
        out.print(
                "\r"
                        + task.name()
                        + " "
                        + bar
                        + " "
                        + pace.describe(done, value, now)
                        + ERASE_TO_END_OF_LINE);
        out.flush();
    }

    @Override
    public void close() {
        draw(clock.getAsLong());
        out.println();
    }
}
