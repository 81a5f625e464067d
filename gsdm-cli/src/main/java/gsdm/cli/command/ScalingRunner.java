package gsdm.cli.command;

import gsdm.cli.bench.WarmUp;
import gsdm.cli.progress.StopRequest;
import gsdm.cli.scaling.ScalingFolder;
import gsdm.cli.scaling.ScalingPoint;
import gsdm.cli.session.MemoryCheck;
import gsdm.cli.session.RunConfiguration;
import gsdm.graph.inference.Training;
import gsdm.graph.inference.TrainingSize;
import gsdm.graph.problem.Problems;
import gsdm.tensor.backend.Backend;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes the steps of a measurement of scaling, and finds what fits.
 *
 * @param mechanisms of attention, in their order
 * @param memory bytes that count as fitting
 * @param longest seconds of a step
 * @param largest rows of a matrix
 * @param warm the mechanisms whose code has been compiled in this process
 */
record ScalingRunner(
        List<String> mechanisms,
        Backend backend,
        ScalingFolder folder,
        long memory,
        double longest,
        int largest,
        Output output,
        StopRequest stop,
        Set<String> warm) {

    /** The first of the sizes: 1,000 nodes. */
    static final int FIRST_SIDE = 9;

    private static final int RANK = 10;
    private static final int FIRST_TRIED = 64;
    private static final int STEPS = 5;
    private static final double WARMUP_SECONDS = 2;
    private static final double TIMED_SECONDS = 10;
    private static final double SECOND = 1e9;

    /** Measures what is not known yet, until a stop is asked for. */
    void run() throws IOException {
        for (String mechanism : mechanisms) {
            measure(mechanism);
        }
        for (String mechanism : mechanisms) {
            find(mechanism, false);
        }
        find(mechanisms.getFirst(), true);
    }

    /** The settings of a square. */
    static RunConfiguration configuration(String mechanism, int side) {
        return RunConfiguration.resolve(
                Problems.named("matrix-factorization"),
                Optional.empty(),
                "",
                Map.of(),
                List.of(
                        "problem.rows=" + side,
                        "problem.cols=" + side,
                        "problem.rank=" + RANK,
                        "model.attention=" + mechanism,
                        "training.batch=1",
                        "training.evaluate=0"));
    }

    private void measure(String mechanism) throws IOException {
        int side = FIRST_SIDE;
        for (int i = 1; side <= largest && !stop.requested(); i++) {
            if (!folder.measured(mechanism, side)) {
                ScalingPoint point = point(mechanism, side);
                folder.add(point);
                if (!point.isMeasured()) {
                    return;
                }
            }
            side = (int) Math.round(FIRST_SIDE * Math.pow(2, i / 2.0)); // twice the nodes
        }
    }

    private ScalingPoint point(String mechanism, int side) {
        RunConfiguration configuration = configuration(mechanism, side);
        TrainingSize size = SessionRunner.size(backend, configuration, configuration.instance());
        long nodes = size.room().nodes();
        long edges = size.room().edges();
        long bytes = size.memory().total();
        if (bytes > Math.min(memory, MemoryCheck.available())) {
            return ScalingPoint.unmeasured(mechanism, side, nodes, edges, bytes, "does not fit");
        }
        List<ScalingPoint> before =
                folder.points(mechanism).stream()
                        .filter(other -> other.isMeasured() && other.side() < side)
                        .toList();
        if (before.size() > 1) {
            double last = before.getLast().seconds();
            if (last * last / before.get(before.size() - 2).seconds() > longest) {
                return ScalingPoint.unmeasured(
                        mechanism, side, nodes, edges, bytes, "takes too long");
            }
        }
        if (warm.add(mechanism)) {
            try (Training training = start(configuration(mechanism, FIRST_SIDE))) {
                WarmUp.run(training::step, WARMUP_SECONDS);
            }
        }
        try (Training training = start(configuration)) {
            double seconds = seconds(training);
            output.note(
                    String.format(
                            Locale.ROOT,
                            "%s, %d x %d: %d nodes, %.4g s a step",
                            mechanism,
                            side,
                            side,
                            nodes,
                            seconds));
            return ScalingPoint.measured(
                    mechanism, side, nodes, edges, training.bytesReserved(), seconds);
        }
    }

    private Training start(RunConfiguration configuration) {
        return SessionRunner.start(backend, configuration, configuration.instance());
    }

    /** The median of some steps after a first one, fewer where they are long. */
    private static double seconds(Training training) {
        training.step();
        double[] seconds = new double[STEPS];
        int taken = 0;
        long start = System.nanoTime();
        while (taken < STEPS
                && (taken == 0 || System.nanoTime() - start < TIMED_SECONDS * SECOND)) {
            long before = System.nanoTime();
            training.step();
            seconds[taken++] = (System.nanoTime() - before) / SECOND;
        }
        double[] all = Arrays.copyOf(seconds, taken);
        Arrays.sort(all);
        return all[(taken - 1) / 2];
    }

    /**
     * Finds the largest square that fits, which takes no step: memory grows about as the square's
     * area, so that each size that is tried says which to try next.
     */
    private void find(String mechanism, boolean recomputed) throws IOException {
        String how =
                "%s%s, in %s"
                        .formatted(
                                mechanism,
                                recomputed ? ", activations computed again" : "",
                                MemoryCheck.bytes(memory));
        if (folder.largest().containsKey(how)) {
            return;
        }
        int fits = 0;
        int beyond = largest + 1;
        int side = Math.min(FIRST_TRIED, largest);
        while (beyond - fits > 1 && !stop.requested()) {
            long bytes = bytes(mechanism, recomputed, side);
            if (bytes <= memory) {
                fits = side;
            } else {
                beyond = side;
            }
            int next = (int) (side * Math.sqrt(memory / (double) bytes));
            side = Math.clamp(next, fits + 1, Math.max(fits + 1, beyond - 1));
        }
        if (!stop.requested()) {
            folder.addLargest(fits == largest ? how + " (none larger was tried)" : how, fits);
        }
    }

    private long bytes(String mechanism, boolean recomputed, int side) {
        RunConfiguration configuration = configuration(mechanism, side);
        TrainingSize size = SessionRunner.size(backend, configuration, configuration.instance());
        return (recomputed ? size.recomputed() : size.memory()).total();
    }
}
