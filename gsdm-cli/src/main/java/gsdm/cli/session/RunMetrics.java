package gsdm.cli.session;

import gsdm.cli.run.EventFile;
import gsdm.cli.run.MetricsLog;
import gsdm.cli.run.RunFolder;
import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.train.StepResult;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The figures of every step, as lines and, for TensorBoard, of the first, the last and every tenth.
 */
final class RunMetrics implements AutoCloseable {

    private static final int EVENTS_EVERY = 10;
    private static final List<String> FIRST =
            List.of("loss", "gradient_norm", "learning_rate", "seconds");
    private static final double MILLIS = 1e3;

    private final MetricsLog log;
    private final EventFile events;
    private final double[] values;
    private final long firstStep;

    /** The last step appended. */
    private long step;

    /** The last step that TensorBoard has. */
    private long shown;

    /** Opens both to go on after a step. */
    RunMetrics(RunFolder folder, VariableLayout layout, long lastStep) throws IOException {
        List<String> names = new ArrayList<>(FIRST);
        layout.arrays().stream().map(ArrayLayout::name).map("loss/"::concat).forEach(names::add);
        this.values = new double[names.size()];
        this.firstStep = lastStep + 1;
        this.step = lastStep;
        this.shown = lastStep;
        this.log = new MetricsLog(folder.metrics(), lastStep, names);
        this.events = new EventFile(folder.tensorBoard(), firstStep, now(), names);
    }

    /** Writes down a step; allocates next to nothing. */
    void append(StepResult result, double seconds) throws IOException {
        values[0] = result.loss();
        values[1] = result.gradientNorm();
        values[2] = result.learningRate();
        values[3] = seconds;
        for (int array = 0; array < values.length - FIRST.size(); array++) {
            boolean any = result.arrayValues(array) > 0;
            values[FIRST.size() + array] = any ? result.arrayLoss(array) : Double.NaN;
        }
        step = result.step();
        log.append(step, values);
        if (step == firstStep || step % EVENTS_EVERY == 0) {
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
            if (step > shown) {
                show();
            }
        }
    }
}
