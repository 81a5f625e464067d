package gsdm.nn.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The checkpoints of one run: {@code step-000001000.safetensors} in a folder, the last K kept. */
public final class CheckpointStore {
    private final Path folder;
    private final int keep;

    /**
     * A store over a folder, which is made when something is saved.
     *
     * @param keep K, how many checkpoints stay, 1 or more
     */
    public CheckpointStore(Path folder, int keep) {
        this.folder = folder;
        this.keep = keep;
    }

    /**
     * Writes a checkpoint, whole or not at all, then deletes the oldest past K.
     *
     * @return its file
     * @throws CheckpointException if a value is not finite, or writing fails
     */
    public Path save(CheckpointHeader header, TrainingState state) {
        throw new CheckpointException(folder, "writing is not there yet, keeping " + keep);
    }

    /** The checkpoints in the folder, by step ascending; not looked into. */
    public List<Path> list() {
        return List.of();
    }

    /** What {@link #latest} found. */
    public record Latest(Optional<Checkpoint> checkpoint, List<CheckpointException> refused) {
        public Latest {
            refused = List.copyOf(refused);
        }
    }

    /** Opens the latest checkpoint that is whole; damaged later ones are reported. */
    public Latest latest() {
        return new Latest(Optional.empty(), List.of());
    }
}
