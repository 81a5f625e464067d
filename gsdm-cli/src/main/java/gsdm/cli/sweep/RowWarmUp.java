package gsdm.cli.sweep;

import gsdm.cli.session.RunConfiguration;
import gsdm.graph.inference.Training;
import gsdm.graph.problem.ProblemInstance;
import gsdm.nn.train.DivergedException;
import gsdm.tensor.backend.Backend;

import java.util.function.BooleanSupplier;

/**
 * Steps that are thrown away, so that the code of a row is compiled when its first run starts: of
 * runs of equal time, the first would otherwise have less of it than the others.
 */
public final class RowWarmUp {

    /** Of the time of a run. */
    private static final double SHARE = 0.1;

    private static final double LONGEST_SECONDS = 10;
    private static final double MINUTE = 60;
    private static final double SECOND = 1e9;

    private RowWarmUp() {}

    /**
     * Takes steps for up to ten seconds where runs are trained for a time.
     *
     * @param stop whether to give up, asked after each step
     */
    public static void run(
            Backend backend,
            RunConfiguration configuration,
            ProblemInstance instance,
            BooleanSupplier stop) {
        double seconds =
                Math.min(LONGEST_SECONDS, SHARE * MINUTE * configuration.command().minutes());
        if (seconds == 0) {
            return;
        }
        long start = System.nanoTime();
        try (Training training =
                Training.start(
                        backend,
                        instance.model(),
                        instance.conditioning(),
                        configuration.settings(),
                        0,
                        1)) {
            training.run(
                    Long.MAX_VALUE,
                    _ -> !stop.getAsBoolean() && System.nanoTime() - start < seconds * SECOND);
        } catch (DivergedException e) {
            // warm enough; the runs of the row say it for themselves
        }
    }
}
