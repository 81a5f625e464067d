package gsdm.graph.inference;

import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.tensor.backend.Backend;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/**
 * How many steps fit into a time, by the speed of some that are thrown away. A run that is started
 * with that number as its horizon ends about when the time does, its learning rate fallen.
 */
public final class Calibration {
    private static final double SHARE = 0.04;
    private static final double SHORTEST_SECONDS = 2;
    private static final double LONGEST_SECONDS = 20;
    private static final double SECOND = 1e9;

    /** How much longer a step takes in a run, which also logs and saves, than in the trial. */
    private static final double SLACK = 1.1;

    /** What of a step is its forward pass, which is all that sampling does. */
    private static final double FORWARD = 1 / 3.0;

    private Calibration() {}

    /**
     * The number of steps to take, at least 1. The time spent here, 2 to 20 seconds, counts as part
     * of the time.
     *
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    public static long steps(
            Backend backend,
            GraphicalModel model,
            Conditioning conditioning,
            RunSettings settings,
            Duration time) {
        return steps(backend, model, conditioning, settings, time, 0, () -> false).orElseThrow();
    }

    /**
     * As {@link #steps(Backend, GraphicalModel, Conditioning, RunSettings, Duration)}, for a run
     * that is scored on its way; none if a stop was asked for meanwhile.
     *
     * @param scored how many problems are scored for each step, on average
     * @param stop whether to give up, asked after each step
     */
    public static OptionalLong steps(
            Backend backend,
            GraphicalModel model,
            Conditioning conditioning,
            RunSettings settings,
            Duration time,
            double scored,
            BooleanSupplier stop) {
        if (!time.isPositive()) {
            throw new IllegalArgumentException("the time to train for is positive; found " + time);
        }
        double seconds = time.toSeconds() + time.toNanosPart() / SECOND;
        double spend = Math.clamp(SHARE * seconds, SHORTEST_SECONDS, LONGEST_SECONDS);
        try (Training trial = Training.start(backend, model, conditioning, settings, 0, 1)) {
            long start = System.nanoTime();
            run(trial, spend / 2, stop); // code is still being compiled: not measured
            double step = run(trial, spend / 2, stop);
            long end = System.nanoTime();
            if (stop.getAsBoolean()) {
                return OptionalLong.empty();
            }
            double perStep = SLACK * step;
            int passes = settings.sampler(settings.sampling()).steps();
            double perProblem = FORWARD * perStep * passes / settings.training().batch();
            double left = seconds - (end - start) / SECOND;
            return OptionalLong.of(Math.max(1, Math.round(left / (perStep + scored * perProblem))));
        }
    }

    /** Takes steps for a while and returns the median of their seconds: of no short disturbance. */
    private static double run(Training training, double seconds, BooleanSupplier stop) {
        List<Double> steps = new ArrayList<>();
        long start = System.nanoTime();
        long[] last = {start};
        training.run(
                Long.MAX_VALUE,
                _ -> {
                    long now = System.nanoTime();
                    steps.add((now - last[0]) / SECOND);
                    last[0] = now;
                    return !stop.getAsBoolean() && now - start < seconds * SECOND;
                });
        Collections.sort(steps);
        return steps.get(steps.size() / 2);
    }
}
