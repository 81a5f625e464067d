package gsdm.cli.sweep;

import gsdm.cli.error.CommandException;
import gsdm.cli.io.AtomicFiles;
import gsdm.cli.run.RunFolder;
import gsdm.cli.session.RunConfiguration;
import gsdm.cli.session.TrainingLength;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder of an experiment: a run folder for each row and seed, the file they were made of, and
 * the table.
 *
 * @param path the folder
 */
public record SweepFolder(Path path) {

    /** What a run of a time writes down of its end. */
    private static final Set<String> LENGTH =
            Set.of("training.steps", "training.minutes", "training.falls");

    /**
     * The folder, made if there is none.
     *
     * @throws IOException if it cannot be made
     * @throws CommandException (bad input) if it holds something other than an experiment
     */
    public static SweepFolder open(Path path) throws IOException {
        SweepFolder folder = new SweepFolder(path);
        if (Files.notExists(folder.file())) {
            RunFolder.create(path);
        }
        return folder;
    }

    /** The file that its runs were made of. */
    private Path file() {
        return path.resolve("sweep.yaml");
    }

    /** Every figure, for programs. */
    public Path results() {
        return path.resolve("results.json");
    }

    /** The table, for people. */
    public Path table() {
        return path.resolve("table.md");
    }

    /** The rows' curves. */
    public Path curves() {
        return path.resolve("curves.png");
    }

    /** Takes the folder for writing, as a run's is taken. */
    public RunFolder.Lock lock() throws IOException {
        return new RunFolder(path).lock();
    }

    /** The folder of a run; it need not exist. */
    public RunFolder run(Sweep.Run run) {
        return new RunFolder(path.resolve(run.folder()));
    }

    /** Whether a run has ended, well or not. */
    public boolean isDone(Sweep.Run run) throws IOException {
        return RunResult.read(run(run)).isPresent();
    }

    /**
     * Makes this the folder of an experiment. It may have more rows and seeds than when it was last
     * run, or fewer.
     *
     * @param yaml the text of the experiment's file
     * @throws CommandException (bad input) if there are runs of other settings in it
     */
    public void accept(Sweep sweep, String yaml) throws IOException {
        if (Files.exists(file()) && hasRuns()) {
            TrainingLength before = SweepFile.readLength(file());
            if (!before.equals(sweep.length())) {
                throw CommandException.badInput(
                        "%s: its runs were trained for %s, and the file says %s; choose another folder with --out"
                                .formatted(path, before, sweep.length()));
            }
        }
        for (Sweep.Run run : sweep.runs()) {
            Path config = run(run).config();
            if (Files.exists(config)) {
                requireSame(run, RunConfiguration.read(config), sweep.length());
            }
        }
        AtomicFiles.writeText(file(), yaml);
    }

    private boolean hasRuns() throws IOException {
        try (Stream<Path> entries = Files.list(path)) {
            return entries.anyMatch(Files::isDirectory);
        }
    }

    /** Steps that were made of a time are no setting. */
    private void requireSame(Sweep.Run run, RunConfiguration before, TrainingLength length) {
        Map<String, Object> old = before.values().flat();
        Map<String, Object> now = run.configuration().values().flat();
        Set<String> keys = new LinkedHashSet<>(now.keySet());
        keys.addAll(old.keySet());
        if (length.minutes() > 0) {
            keys.removeAll(LENGTH);
        }
        for (String key : keys) {
            Optional<Object> was = Optional.ofNullable(old.get(key));
            Optional<Object> is = Optional.ofNullable(now.get(key));
            if (!was.equals(is)) {
                throw CommandException.badInput(
                        "%s: its run of %s was made with %s %s, and now it is %s; choose another folder with --out, or delete %s to train it again"
                                .formatted(
                                        path,
                                        run,
                                        key,
                                        was.orElse("unset"),
                                        is.orElse("unset"),
                                        run(run).path()));
            }
        }
    }
}
