package gsdm.cli.session;

import gsdm.cli.progress.Progress;
import gsdm.graph.inference.Evaluation;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;

/** Shows how far an evaluation is, and lets it end early. */
public final class EvaluationProgress implements Evaluation.Listener, AutoCloseable {

    private final Optional<Progress> progress;
    private final BooleanSupplier stop;
    private final IntPredicate goesOn;

    private EvaluationProgress(
            Optional<Progress> progress, BooleanSupplier stop, IntPredicate goesOn) {
        this.progress = progress;
        this.stop = stop;
        this.goesOn = goesOn;
    }

    /**
     * Shows an evaluation that begins.
     *
     * @param stop whether to break it off, asked after each step
     * @param goesOn is told how many problems have been scored, and says whether there are to be
     *     more
     */
    public static EvaluationProgress shown(
            Narrator narrator, BooleanSupplier stop, IntPredicate goesOn) {
        Progress progress = narrator.progress(new Progress.Task("evaluating", "step", 0, 1, ""));
        return new EvaluationProgress(Optional.of(progress), stop, goesOn);
    }

    /** As {@link #shown}, without showing anything. */
    static EvaluationProgress hidden(BooleanSupplier stop, IntPredicate goesOn) {
        return new EvaluationProgress(Optional.empty(), stop, goesOn);
    }

    @Override
    public boolean scored(int problems) {
        return goesOn.test(problems);
    }

    /**
     * Shows it.
     *
     * @throws CancellationException if it is to be broken off
     */
    @Override
    public void stepped(long steps, long of) {
        progress.ifPresent(shown -> {
            shown.expect(of);
            shown.update(steps, Double.NaN);
        });
        if (stop.getAsBoolean()) {
            throw new CancellationException("evaluating was broken off");
        }
    }

    @Override
    public void close() {
        progress.ifPresent(Progress::close);
    }
}
