package gsdm.cli.session;

import gsdm.cli.run.EventFile;
import gsdm.cli.run.MetricsLog;
import gsdm.cli.run.RunFolder;
import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.train.NoiseBand;
import gsdm.nn.train.StepResult;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The figures of steps, as lines and, for TensorBoard, of the first, the last and every tenth: the
 * loss that is minimised; {@code loss/NAME}, the mean error of an array's unobserved values; {@code
 * loss_by_noise/RANGE}, that of all arrays in the examples of a {@link NoiseBand}. Where a step has
 * no such values there is none.
 */
final class RunMetrics implements AutoCloseable {

    static final String LOSS = "loss";
    static final String BY_ARRAY = "loss/";
    static final String BY_NOISE = "loss_by_noise/";

    /** Seconds of a step in which it had no data to work on. */
    static final String PREPARATION = "preparation";

    /** The seconds that a run has taken, what it was stopped for aside. */
    static final String ELAPSED = "elapsed";

    private static final int EVENTS_EVERY = 10;
    private static final List<String> FIRST =
            List.of(LOSS, "gradient_norm", "learning_rate", "seconds", PREPARATION, ELAPSED);
    private static final double MILLIS = 1e3;

    private final MetricsLog log;
    private final EventFile events;
    private final NoiseBand[] bands = NoiseBand.values();
    private final int arrays;
    private final double[] values;
    private final long firstStep;
    private final int every;

    /** The last step appended. */
    private long step;

    /** What it gave; null where it is written. */
    private StepResult unwritten;

    /** The last step that TensorBoard has. */
    private long shown;

    /**
     * Opens both to go on after a step.
     *
     * @param every steps between lines; there is one of the first and the last step too, and where
     *     {@link #write} asks for it. TensorBoard has all lines where this is more than 1
     */
    RunMetrics(RunFolder folder, List<ArrayLayout> ofModel, long lastStep, int every)
            throws IOException {
        List<String> names = new ArrayList<>(FIRST);
        ofModel.stream().map(ArrayLayout::name).map(BY_ARRAY::concat).forEach(names::add);
        this.arrays = ofModel.size();
        for (NoiseBand band : bands) {
            names.add(BY_NOISE + band.label());
        }
        this.values = new double[names.size()];
        this.firstStep = lastStep + 1;
        this.every = every;
        this.step = lastStep;
        this.shown = lastStep;
        this.log = new MetricsLog(folder.metrics(), lastStep, names);
        this.events = new EventFile(folder.tensorBoard(), firstStep, now(), names);
    }

    /** Seconds that the run had taken after the step it goes on after. */
    double elapsed() {
        return log.last(ELAPSED).orElse(0);
    }

    /**
     * Takes a step, and writes it down if it is one of those; allocates next to nothing.
     *
     * @param result is not looked at again once there is another step
     * @param seconds the step took
     * @param preparation seconds of them without data to work on
     * @param elapsed seconds of the run until its end, evaluations and everything included
     */
    void append(StepResult result, double seconds, double preparation, double elapsed)
            throws IOException {
        values[1] = result.gradientNorm();
        values[2] = result.learningRate();
        values[3] = seconds;
        values[4] = preparation;
        values[5] = elapsed;
        step = result.step();
        unwritten = result;
        if (step == firstStep || step % every == 0) {
            write();
        }
    }

    /** The loss of the last line written. */
    double loss() {
        return values[0];
    }

    /** Writes down the last step, unless it is. A step that failed since has none. */
    void write() throws IOException {
        StepResult result = unwritten;
        if (result == null || result.step() != step) {
            return;
        }
        unwritten = null;
        values[0] = result.loss();
        int at = FIRST.size();
        for (int array = 0; array < arrays; array++) {
            boolean any = result.arrayValues(array) > 0;
            values[at++] = any ? result.arrayLoss(array) : Double.NaN;
        }
        for (NoiseBand band : bands) {
            boolean any = result.bandValues(band) > 0;
            values[at++] = any ? result.bandLoss(band) : Double.NaN;
        }
        log.append(step, values);
        if (step == firstStep || every > 1 || step % EVENTS_EVERY == 0) {
            show();
        }
    }

    private void show() throws IOException {
        events.append(step, now(), values);
        shown = step;
    }

    private static double now() {
        return System.currentTimeMillis() / MILLIS;
    }

    @Override
    public void close() throws IOException {
        try (events;
                log) {
            write();
            if (unwritten == null && step > shown) {
                show();
            }
        }
    }
}
