package gsdm.nn.checkpoint;

import gsdm.nn.WeightKind;
import gsdm.nn.Weights;
import java.nio.file.Path;

/** A checkpoint that was read and found whole; close it when its tensors are no longer needed. */
public final class Checkpoint implements AutoCloseable {
    private final Path path;
    private final CheckpointHeader header;

    private Checkpoint(Path path, CheckpointHeader header) {
        this.path = path;
        this.header = header;
    }

    /**
     * Opens a file and checks all of it.
     *
     * @throws CheckpointException if it is truncated, damaged, or not a checkpoint
     */
    public static Checkpoint open(Path path) {
        throw new CheckpointException(path, "reading is not there yet");
    }

    /** The file. */
    public Path path() {
        return path;
    }

    public CheckpointHeader header() {
        return header;
    }

    /**
     * Copies parameters, moments and averages.
     *
     * @throws CheckpointException if the file's parameters are not those of the state, by name and
     *     shape
     */
    public void read(TrainingState state) {
        throw new CheckpointException(path, "reading is not there yet");
    }

    /**
     * Copies one kind of weights.
     *
     * @throws CheckpointException if the file's parameters are not those of the network
     */
    public void read(WeightKind kind, Weights weights) {
        throw new CheckpointException(path, "reading is not there yet");
    }

    @Override
    public void close() {}
}
