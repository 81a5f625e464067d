package gsdm.cli.command;

import gsdm.cli.error.CommandException;
import gsdm.cli.error.ExitCode;
import gsdm.cli.io.AtomicFiles;
import gsdm.cli.progress.StopRequest;
import gsdm.cli.run.RunFolder;
import gsdm.cli.session.RunConfiguration;
import gsdm.cli.session.TrainingSession;
import gsdm.cli.sweep.Instances;
import gsdm.cli.sweep.RowWarmUp;
import gsdm.cli.sweep.Sweep;
import gsdm.cli.sweep.SweepFolder;
import gsdm.cli.sweep.SweepReport;
import gsdm.graph.problem.ProblemInstance;
import gsdm.nn.sample.NotFiniteException;
import gsdm.nn.train.DivergedException;
import gsdm.tensor.backend.Backend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Trains the runs of an experiment, one after the other, that have not ended yet. */
final class SweepRunner {

    private final SweepFolder folder;
    private final SweepReport report;
    private final Instances instances;
    private final Backend backend;
    private final Device device;
    private final Output output;

    /** The rows whose code has been run in this process. */
    private final Set<Sweep.Row> warm = new HashSet<>();

    SweepRunner(
            SweepFolder folder,
            SweepReport report,
            Instances instances,
            Backend backend,
            Device device,
            Output output) {
        this.folder = folder;
        this.report = report;
        this.instances = instances;
        this.backend = backend;
        this.device = device;
        this.output = output;
    }

    /** Refuses a row that cannot be trained. */
    void requireTrainable(Sweep.Row row) {
        RunConfiguration configuration = row.configuration();
        try {
            SessionRunner.requireTrainable(backend, configuration, instances.of(configuration));
        } catch (CommandException e) {
            throw new CommandException(
                    e.exitCode(), "row " + row.name() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Trains until all runs have ended, and writes the report after each of them.
     *
     * @return at which run it stopped and how, if it was asked to
     */
    Optional<String> run(List<Sweep.Run> runs, StopRequest stop) throws IOException {
        for (int i = 0; i < runs.size(); i++) {
            Sweep.Run run = runs.get(i);
            if (folder.isDone(run)) {
                continue;
            }
            output.note("run %d of %d: %s".formatted(i + 1, runs.size(), run));
            Optional<String> stopped = run(run, stop);
            if (stopped.isPresent()) {
                return stopped.map(how -> how + " (" + run + ")");
            }
            report.write();
        }
        return Optional.empty();
    }

    private Optional<String> run(Sweep.Run run, StopRequest stop) throws IOException {
        RunFolder own = folder.run(run);
        Files.createDirectories(own.path());
        try (RunFolder.Lock _ = own.lock()) {
            if (Files.notExists(own.config())) {
                AtomicFiles.writeText(own.config(), run.configuration().text());
            }
            RunConfiguration configuration = RunConfiguration.read(own.config());
            ProblemInstance instance = instances.of(configuration);
            if (warm.add(run.row())) {
                RowWarmUp.run(backend, configuration, instance, stop::requested);
            }
            long started = System.nanoTime();
            TrainingSession.Outcome outcome =
                    new SessionRunner(
                                    own, configuration, instance, backend, device, output, started)
                            .train(stop, ended -> finished(run, ended));
            return outcome.finished()
                    ? Optional.empty()
                    : Optional.of(SessionRunner.stopped(outcome));
        } catch (CommandException | DivergedException | NotFiniteException e) {
            if (e instanceof CommandException known && known.exitCode() != ExitCode.DIVERGED) {
                throw e;
            }
            output.warn(run + " diverged: " + e.getMessage());
            report.diverged(run);
            return Optional.empty();
        }
    }

    private void finished(Sweep.Run run, TrainingSession.Outcome outcome) {
        try {
            report.finished(run, outcome.metrics());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
