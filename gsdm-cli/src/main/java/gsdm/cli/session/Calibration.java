package gsdm.cli.session;

import gsdm.graph.inference.RunSettings;
import gsdm.graph.inference.Training;
import gsdm.graph.problem.ProblemInstance;
import gsdm.tensor.backend.Backend;

/** How many steps fit into a time, by the speed of some that are thrown away. */
final class Calibration {

    private static final double SHARE = 0.04;
    private static final double SHORTEST_SECONDS = 2;
    private static final double LONGEST_SECONDS = 20;
    private static final double SECOND = 1e9;

    private Calibration() {}

    /**
     * The number of steps to take, at least 1. The time spent here counts as part of the time, and
     * its first half, in which code is still being compiled, is not measured.
     */
    static long steps(
            Backend backend, ProblemInstance instance, RunSettings settings, double seconds) {
        double spend = Math.clamp(SHARE * seconds, SHORTEST_SECONDS, LONGEST_SECONDS);
        try (Training trial =
                Training.start(
                        backend, instance.model(), instance.conditioning(), settings, 0, 1)) {
            long start = System.nanoTime();
            run(trial, spend / 2);
            long before = trial.steps();
            long middle = System.nanoTime();
            run(trial, spend / 2);
            long end = System.nanoTime();
            double perStep = (end - middle) / SECOND / (trial.steps() - before);
            return Math.max(1, Math.round((seconds - (end - start) / SECOND) / perStep));
        }
    }

    private static void run(Training training, double seconds) {
        long start = System.nanoTime();
        do {
            training.step();
        } while (System.nanoTime() - start < seconds * SECOND);
    }
}
