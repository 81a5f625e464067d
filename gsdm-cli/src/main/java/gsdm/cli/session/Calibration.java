package gsdm.cli.session;

import gsdm.cli.progress.StopRequest;
import gsdm.graph.inference.RunSettings;
import gsdm.graph.inference.Training;
import gsdm.graph.problem.ProblemInstance;
import gsdm.tensor.backend.Backend;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/** How many steps fit into a time, by the speed of some that are thrown away. */
final class Calibration {

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
     * The number of steps to take, at least 1; none if a stop was asked for meanwhile. The time
     * spent here counts as part of the time, and its first half, in which code is still being
     * compiled, is not measured.
     *
     * @param scored how many problems are scored for each step, on average
     */
    static OptionalLong steps(
            Backend backend,
            ProblemInstance instance,
            RunSettings settings,
            double scored,
            double seconds,
            StopRequest stop) {
        double spend = Math.clamp(SHARE * seconds, SHORTEST_SECONDS, LONGEST_SECONDS);
        try (Training trial =
                Training.start(
                        backend, instance.model(), instance.conditioning(), settings, 0, 1)) {
            long start = System.nanoTime();
            run(trial, spend / 2, stop);
            double step = run(trial, spend / 2, stop);
            long end = System.nanoTime();
            if (stop.requested()) {
                return OptionalLong.empty();
            }
            double perStep = SLACK * step;
            double perProblem =
                    FORWARD * perStep * settings.sampling().steps() / settings.training().batch();
            double left = seconds - (end - start) / SECOND;
            return OptionalLong.of(Math.max(1, Math.round(left / (perStep + scored * perProblem))));
        }
    }

    /** Takes steps for a while and returns the median of their seconds: of no short disturbance. */
    private static double run(Training training, double seconds, StopRequest stop) {
        List<Double> steps = new ArrayList<>();
        long start = System.nanoTime();
        long now = start;
        do {
            long before = now;
            training.step();
            now = System.nanoTime();
            steps.add((now - before) / SECOND);
        } while (!stop.requested() && now - start < seconds * SECOND);
        Collections.sort(steps);
        return steps.get(steps.size() / 2);
    }
}
