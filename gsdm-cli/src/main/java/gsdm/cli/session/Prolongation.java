package gsdm.cli.session;

import gsdm.cli.error.CommandException;
import gsdm.cli.io.AtomicFiles;
import gsdm.cli.run.MetricsLog;
import gsdm.cli.run.RunFolder;
import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.checkpoint.CheckpointHeader;
import gsdm.nn.checkpoint.CheckpointStore;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/**
 * Makes a run longer than it was to be. One whose learning rate has fallen goes on from before the
 * fall, as if it had never been to end there; what it ended with stays beside.
 */
public final class Prolongation {
    private static final double MINUTE = 60;

    private final RunFolder folder;
    private final RunConfiguration configuration;
    private final CheckpointStore store;

    /** Of a run in a folder that the caller has locked. */
    public Prolongation(RunFolder folder, RunConfiguration configuration) {
        this.folder = folder;
        this.configuration = configuration;
        this.store =
                new CheckpointStore(
                        folder.checkpoints(), configuration.settings().training().keep());
    }

    /**
     * Lets the run go on for some minutes from now.
     *
     * @return its configuration, which is written down
     * @throws CommandException (bad input) if it has no state from before the fall
     */
    public RunConfiguration byMinutes(double minutes) throws IOException {
        long step = goBack(Long.MAX_VALUE);
        double spent;
        try (MetricsLog metrics = new MetricsLog(folder.metrics(), step, List.of())) {
            spent = metrics.last(RunMetrics.ELAPSED).orElse(0) / MINUTE;
        }
        return write(new TrainingLength(0, spent + minutes));
    }

    /**
     * Lets the run go on until it has so many steps.
     *
     * @return its configuration, which is written down
     * @throws CommandException (bad input) if it has them, or no state from before the fall
     */
    public RunConfiguration toSteps(long steps) throws IOException {
        goBack(steps);
        return write(TrainingLength.ofSteps(steps));
    }

    private RunConfiguration write(TrainingLength length) throws IOException {
        RunConfiguration longer = configuration.with(length.settings());
        AtomicFiles.writeText(folder.config(), longer.text());
        return longer;
    }

    /** Makes a state from before the fall the latest, and returns its step. */
    private long goBack(long steps) throws IOException {
        Optional<CheckpointHeader> latest = latest();
        if (latest.isEmpty()) {
            return 0;
        }
        long step = latest.get().step();
        if (step >= steps) {
            throw CommandException.badInput(
                    "%s: it has %d steps already: ask for more".formatted(folder.path(), step));
        }
        if (!latest.get().falls().begunBy(step)) {
            return step;
        }
        if (Files.notExists(folder.beforeFall())) {
            throw CommandException.badInput(
                    ("%s: its learning rate has fallen from its first step on, so that a longer run"
                                    + " is another one; train that with: gsdm train --config %s")
                            .formatted(folder.path(), folder.config()));
        }
        return store.goBack(folder.beforeFall());
    }

    private Optional<CheckpointHeader> latest() {
        Optional<Checkpoint> latest = store.latest().checkpoint();
        if (latest.isEmpty()) {
            return Optional.empty();
        }
        try (Checkpoint checkpoint = latest.get()) {
            return Optional.of(checkpoint.header());
        }
    }
}
