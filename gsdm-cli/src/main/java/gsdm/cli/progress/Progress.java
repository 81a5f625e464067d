package gsdm.cli.progress;

import java.io.PrintStream;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** Shows how far something is. For one thread at a time. */
public interface Progress extends AutoCloseable {

    /**
     * Tells how far it is; called often, shown seldom.
     *
     * @param done steps done
     * @param value what to show beside it, as the loss; NaN shows nothing
     */
    void update(long done, double value);

    /** Revises how many steps there are. */
    void expect(long total);

    /** Shows the last state and ends the line. */
    @Override
    void close();

    /**
     * The progress that suits where it is shown.
     *
     * @param out where it is written
     * @param mode how
     * @param task what is being done and what the value is
     */
    static Progress of(PrintStream out, Mode mode, Task task) {
        return of(out, mode, task, System::nanoTime, Terminal::columns);
    }

    /**
     * As {@link #of(PrintStream, Mode, Task)} with a clock in nanoseconds and the columns of the
     * terminal.
     */
    static Progress of(
            PrintStream out, Mode mode, Task task, LongSupplier clock, IntSupplier columns) {
        return switch (mode) {
            case BAR -> new BarProgress(out, task, clock, columns);
            case LINES -> new LineProgress(out, task, clock);
            case QUIET -> new QuietProgress();
        };
    }

    /** Seconds as {@code 2h 5m}, {@code 3m 50s} or {@code 12s}. */
    static String duration(double seconds) {
        return Pace.duration(seconds);
    }

    /** Where progress is shown. */
    enum Mode {
        /** On a terminal: one line, drawn over again. */
        BAR,
        /** In a file or a pipe: whole lines, fewer and fewer of them. */
        LINES,
        /** Nowhere. */
        QUIET;

        /** What suits the standard error of this process. */
        public static Mode detect(boolean quiet) {
            return quiet ? QUIET : Terminal.isStandardErrorTerminal() ? BAR : LINES;
        }
    }

    /**
     * What is being done.
     *
     * @param name as "training"
     * @param unit one of its steps, as "step"
     * @param first steps done before this progress began, as in a resumed run
     * @param total steps there are
     * @param value what the value shown is, as "loss"; empty for none
     */
    record Task(String name, String unit, long first, long total, String value) {}
}
