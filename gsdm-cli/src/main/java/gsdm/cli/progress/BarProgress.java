package gsdm.cli.progress;

import java.io.PrintStream;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** One line of a terminal, drawn over again a few times a second, and never longer than it. */
final class BarProgress implements Progress {

    private static final long INTERVAL = 500_000_000;
    private static final int LONGEST_BAR = 20;
    private static final int SHORTEST_BAR = 5;
    private static final String BLOCKS = "█░";
    private static final String ERASE_TO_END_OF_LINE = "\033[K";

    private final PrintStream out;
    private final Task task;
    private final LongSupplier clock;
    private final IntSupplier columns;
    private final Pace pace;
    private long shownAt;
    private long done;
    private double value = Double.NaN;

    BarProgress(PrintStream out, Task task, LongSupplier clock, IntSupplier columns) {
        this.out = out;
        this.task = task;
        this.clock = clock;
        this.columns = columns;
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
        out.print("\r" + line(now, columns.getAsInt() - 1) + ERASE_TO_END_OF_LINE);
        out.flush();
    }

    /** What fits: the numbers, then the name, then of the bar what room is left. */
    private String line(long now, int room) {
        String numbers = pace.describe(done, value, now, room - task.name().length() - 1);
        if (numbers.isEmpty()) {
            return pace.describe(done, value, now, room);
        }
        int width = Math.min(LONGEST_BAR, room - task.name().length() - numbers.length() - 2);
        return task.name() + " " + (width < SHORTEST_BAR ? "" : bar(width) + " ") + numbers;
    }

    private String bar(int width) {
        int full = (int) (width * pace.share(done));
        return out.charset().newEncoder().canEncode(BLOCKS)
                ? "█".repeat(full) + "░".repeat(width - full)
                : "#".repeat(full) + "-".repeat(width - full);
    }

    @Override
    public void expect(long total) {
        pace.expect(total);
    }

    @Override
    public void close() {
        draw(clock.getAsLong());
        out.println();
    }
}
