package gsdm.cli.run;

import gsdm.cli.error.CommandException;
import gsdm.cli.error.ExitCode;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.stream.Stream;

/**
 * A run's folder and the names in it.
 *
 * @param path the folder
 */
public record RunFolder(Path path) {

    private static final String LOCK = ".lock";
    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    /**
     * Makes the folder of a new run that was given no name: {@code <problem>-<utc>-<seed>}, or the
     * first of that name with -2, -3 and so on that no other run, as one of the same second, has.
     *
     * @param runs the folder of runs; made if there is none
     * @throws IOException if it cannot be made
     */
    public static RunFolder create(Path runs, String problem, Instant now, long seed)
            throws IOException {
        Files.createDirectories(runs);
        String name = problem + "-" + UTC.format(now) + "-" + seed;
        for (int number = 1; ; number++) {
            Path path = runs.resolve(number == 1 ? name : name + "-" + number);
            try {
                return new RunFolder(Files.createDirectory(path)); // fails if another was quicker
            } catch (FileAlreadyExistsException e) {
                // taken: the next
            }
        }
    }

    /**
     * Makes the folder of a new run where the user wants it.
     *
     * @throws IOException if it cannot be made
     * @throws CommandException (bad input) if there is a run, or anything else, in it
     */
    public static RunFolder create(Path path) throws IOException {
        if (Files.exists(path)) {
            if (!Files.isDirectory(path)) {
                throw CommandException.badInput(path + ": expected a folder, found a file");
            }
            try (Stream<Path> entries = Files.list(path)) {
                if (entries.anyMatch(entry -> !entry.endsWith(LOCK))) {
                    throw CommandException.badInput(
                            path
                                    + ": expected a new or empty folder; to go on with a run there,"
                                    + " use: gsdm resume "
                                    + path);
                }
            }
        }
        Files.createDirectories(path);
        return new RunFolder(path);
    }

    /** What is said where no checkpoint is whole, and going on is not possible. */
    public CommandException everyCheckpointDamaged() {
        return CommandException.badInput(
                "%s: every checkpoint is damaged; start a new run with: gsdm train --config %s"
                        .formatted(path, config()));
    }

    /**
     * The folder of a run that exists.
     *
     * @throws CommandException (bad input) if there is none
     */
    public static RunFolder open(Path path) {
        RunFolder folder = new RunFolder(path);
        if (Files.notExists(path)) {
            throw CommandException.badInput(path + ": no such run folder");
        }
        if (Files.isRegularFile(path)) {
            throw CommandException.badInput(path + ": expected a run folder, found a file");
        }
        if (Files.notExists(folder.config())) { // which is not known of one that may not be read
            throw CommandException.badInput(path + ": not a run folder: it has no config.yaml");
        }
        return folder;
    }

    /** The resolved configuration. */
    public Path config() {
        return path.resolve("config.yaml");
    }

    /** The machine and software of the run. */
    public Path environment() {
        return path.resolve("environment.json");
    }

    /** One line of JSON for each step. */
    public Path metrics() {
        return path.resolve("metrics.jsonl");
    }

    /** TensorBoard's event files. */
    public Path tensorBoard() {
        return path.resolve("tb");
    }

    /** The checkpoints. */
    public Path checkpoints() {
        return path.resolve("checkpoints");
    }

    /** The state before the learning rate fell, if it has fallen: where a run can be prolonged. */
    public Path beforeFall() {
        return checkpoints().resolve("before-fall.safetensors");
    }

    /** The figures. */
    public Path plots() {
        return path.resolve("plots");
    }

    /** The page that gathers configuration, metrics and figures. */
    public Path report() {
        return path.resolve("report.html");
    }

    /** The scores of the evaluations, one line of JSON for each. */
    public Path evaluations() {
        return path.resolve("evaluations.jsonl");
    }

    /**
     * Takes the folder for writing, until the lock is closed or the process ends in any way.
     *
     * @throws IOException if the lock file cannot be written
     * @throws CommandException (bad input) if another process, or this one, holds it
     */
    public Lock lock() throws IOException {
        FileChannel channel =
                FileChannel.open(
                        path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new Lock(channel);
            }
        } catch (OverlappingFileLockException e) {
            // held by this process: the same answer as for another
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new CommandException(
                ExitCode.BAD_INPUT,
                path + ": run folder in use by another gsdm; wait for it, or choose another");
    }

    /** The hold on a run folder. */
    public static final class Lock implements AutoCloseable {
        private final FileChannel channel;

        private Lock(FileChannel channel) {
            this.channel = channel;
        }

        /** Lets go; the file stays, so that no other process locks one that is being deleted. */
        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
