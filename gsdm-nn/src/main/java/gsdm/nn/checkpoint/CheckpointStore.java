package gsdm.nn.checkpoint;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The checkpoints of one run: {@code step-000001000.safetensors} in a folder, the last K kept. */
public final class CheckpointStore {
    private static final Pattern NAME = Pattern.compile("step-(\\d{9,18})\\.safetensors");

    private final Path folder;
    private final int keep;

    /**
     * A store over a folder, which is made when something is saved.
     *
     * @param keep K, how many checkpoints stay, 1 or more
     */
    public CheckpointStore(Path folder, int keep) {
        if (keep < 1) {
            throw new IllegalArgumentException("at least 1 checkpoint must be kept; found " + keep);
        }
        this.folder = folder;
        this.keep = keep;
    }

    /**
     * Writes a checkpoint, whole or not at all, then deletes the oldest past K. Later ones, which a
     * run that went on from before them has refused as damaged, do not count.
     *
     * @return its file
     * @throws CheckpointException if a value is not finite, or writing fails
     */
    public Path save(CheckpointHeader header, TrainingState state) {
        Path path = file("step", header.step());
        try {
            Files.createDirectories(folder);
            Checkpoint.write(path, header, state);
            deleteUnfinished();
            List<Path> past =
                    list().stream().filter(file -> stepOf(file) <= header.step()).toList();
            for (Path old : past.subList(0, Math.max(0, past.size() - keep))) {
                Files.deleteIfExists(old);
            }
        } catch (IOException failure) {
            throw CheckpointException.notWritten(path, failure);
        }
        return path;
    }

    /**
     * Makes an earlier state the latest. Of those after it the last is set aside in the folder, as
     * {@code ended-000001000.safetensors}; the others are deleted.
     *
     * @param earlier a checkpoint of the run, which stays
     * @return its step
     * @throws CheckpointException if it is not whole, or the folder cannot be written
     */
    public long goBack(Path earlier) {
        long step;
        try (Checkpoint checkpoint = Checkpoint.open(earlier)) {
            step = checkpoint.header().step();
        }
        try {
            List<Path> later = list().stream().filter(file -> stepOf(file) > step).toList();
            Files.copy(earlier, file("step", step), StandardCopyOption.REPLACE_EXISTING);
            if (!later.isEmpty()) {
                Files.move(
                        later.getLast(),
                        file("ended", stepOf(later.getLast())),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            for (Path file : later) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failure) {
            throw CheckpointException.notWritten(folder, failure);
        }
        return step;
    }

    private Path file(String what, long step) {
        return folder.resolve(String.format(Locale.ROOT, "%s-%09d.safetensors", what, step));
    }

    /** What a process left behind that was killed while it wrote; one process writes at a time. */
    private void deleteUnfinished() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ".step-*.tmp")) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }

    /**
     * The checkpoints in the folder, by step ascending; not looked into.
     *
     * @throws CheckpointException if the folder cannot be read
     */
    public List<Path> list() {
        if (Files.notExists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> stepOf(file) >= 0)
                    .sorted((a, b) -> Long.compare(stepOf(a), stepOf(b)))
                    .toList();
        } catch (IOException failure) {
            throw CheckpointException.unreadable(folder, failure);
        }
    }

    /** The step that a file is named for, or −1 if it is not named like a checkpoint. */
    private static long stepOf(Path file) {
        var matcher = NAME.matcher(String.valueOf(file.getFileName()));
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
    }

    /**
     * What {@link #latest} found.
     *
     * @param checkpoint the latest that is whole; the caller closes it
     * @param refused why later ones were passed over
     */
    public record Latest(Optional<Checkpoint> checkpoint, List<CheckpointException> refused) {
        public Latest {
            refused = List.copyOf(refused);
        }
    }

    /**
     * Opens the latest checkpoint that is whole; damaged later ones are reported.
     *
     * @throws CheckpointException if a later one than that is anything but damaged: a run that went
     *     on from before it would write over what may be worth keeping
     */
    public Latest latest() {
        List<CheckpointException> refused = new ArrayList<>();
        for (Path path : list().reversed()) {
            try {
                return new Latest(Optional.of(Checkpoint.open(path)), refused);
            } catch (CheckpointException failure) {
                if (failure.kind() != CheckpointException.Kind.DAMAGED) {
                    throw failure.with("to take an earlier one, move it out of the folder");
                }
                refused.add(failure);
            }
        }
        return new Latest(Optional.empty(), refused);
    }

    @Override
    public String toString() {
        return "CheckpointStore[%s, keep=%d]".formatted(folder, keep);
    }
}
