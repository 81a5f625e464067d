package gsdm.cli.session;

import gsdm.cli.progress.Progress;
import gsdm.graph.inference.Evaluation;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.DoublePredicate;

/** Shows how far an evaluation is, says how long it takes, and lets it end early. */
public final class EvaluationProgress implements Evaluation.Listener, AutoCloseable {
    private static final double SECOND = 1e9;

    private final Optional<Progress> progress;
    private final BooleanSupplier stop;
    private final DoublePredicate goesOn;
    private final long begun = System.nanoTime();
    private double opening;

    private EvaluationProgress(
            Optional<Progress> progress, BooleanSupplier stop, DoublePredicate goesOn) {
        this.progress = progress;
        this.stop = stop;
        this.goesOn = goesOn;
    }

    /**
     * Shows an evaluation that begins.
     *
     * @param stop whether to break it off, asked after each step
     * @param goesOn is told {@link #scoring}, and says whether there are to be more problems
     */
    public static EvaluationProgress shown(
            Narrator narrator, BooleanSupplier stop, DoublePredicate goesOn) {
        Progress progress = narrator.progress(new Progress.Task("evaluating", "step", 0, 1, ""));
        return new EvaluationProgress(Optional.of(progress), stop, goesOn);
    }

    /** As {@link #shown}, without showing anything. */
    static EvaluationProgress hidden(BooleanSupplier stop, DoublePredicate goesOn) {
        return new EvaluationProgress(Optional.empty(), stop, goesOn);
    }

    /**
     * Seconds until the network had been evaluated once: what an evaluation takes however many
     * problems it has, as for what a device compiles.
     */
    double opening() {
        return opening;
    }

    /** Seconds since then: what grows with the problems. */
    double scoring() {
        return sinceBegun() - opening;
    }

    private double sinceBegun() {
        return (System.nanoTime() - begun) / SECOND;
    }

    @Override
    public boolean scored(int problems) {
        return goesOn.test(scoring());
    }

    /**
     * Shows it.
     *
     * @throws CancellationException if it is to be broken off
     */
    @Override
    public void stepped(long steps, long of) {
        if (opening == 0) {
            opening = sinceBegun();
        }
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
