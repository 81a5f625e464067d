package gsdm.nn.checkpoint;

import gsdm.nn.WeightKind;
import gsdm.nn.Weights;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.io.ElementType;
import gsdm.tensor.io.SafetensorsFile;
import gsdm.tensor.io.SafetensorsWriter;
import gsdm.tensor.io.TensorView;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Slot;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** A checkpoint that was read and found whole; close it when its tensors are no longer needed. */
public final class Checkpoint implements AutoCloseable {
    private final Path path;
    private final Arena arena;
    private final SafetensorsFile file;
    private final CheckpointHeader header;

    private Checkpoint(Path path, Arena arena, SafetensorsFile file, CheckpointHeader header) {
        this.path = path;
        this.arena = arena;
        this.file = file;
        this.header = header;
    }

    /**
     * Opens a file and checks all of it.
     *
     * @throws CheckpointException if it is truncated, damaged, or not a checkpoint
     */
    @SuppressWarnings("MustBeClosedChecker") // the object returned owns the arena
    public static Checkpoint open(Path path) {
        Arena arena = Arena.ofShared();
        try {
            SafetensorsFile file = SafetensorsFile.open(path, arena);
            CheckpointHeader header = HeaderText.parse(path, file.metadata());
            file.verify();
            return new Checkpoint(path, arena, file, header);
        } catch (IOException failure) {
            arena.close();
            throw new CheckpointException(path, failure.getMessage(), failure);
        } catch (RuntimeException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    /**
     * Writes a checkpoint, whole or not at all.
     *
     * @throws CheckpointException if a value is not finite, or writing fails
     */
    public static void write(Path path, CheckpointHeader header, TrainingState state) {
        SafetensorsWriter writer = new SafetensorsWriter();
        HeaderText.write(header).forEach(writer::metadata);
        for (Map.Entry<String, Block> entry : state.byPrefix().entrySet()) {
            for (Slot slot : entry.getValue().slots()) {
                add(path, writer, entry.getKey() + "." + slot.name(), slot, state.memory());
            }
        }
        try {
            writer.write(path);
        } catch (IOException failure) {
            throw new CheckpointException(
                    path, "it cannot be written: " + failure.getMessage(), failure);
        }
    }

    private static void add(
            Path path, SafetensorsWriter writer, String name, Slot slot, Memory memory) {
        MemorySegment data = memory.segment(slot);
        long size = slot.shape().size();
        for (long i = 0; i < size; i++) {
            if (!Float.isFinite(data.getAtIndex(ValueLayout.JAVA_FLOAT, i))) {
                throw new CheckpointException(
                        path, "%s holds a value that is not finite; not written".formatted(name));
            }
        }
        long[] shape = slot.shape().dims().stream().mapToLong(Dim::size).toArray();
        writer.tensor(name, ElementType.F32, shape, data);
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
        for (Map.Entry<String, Block> entry : state.byPrefix().entrySet()) {
            read(entry.getKey(), entry.getValue(), state.memory());
        }
    }

    /**
     * Copies one kind of weights.
     *
     * @throws CheckpointException if the file's parameters are not those of the network
     */
    public void read(WeightKind kind, Weights weights) {
        String prefix =
                switch (kind) {
                    case EMA -> TrainingState.AVERAGE;
                    case RAW -> TrainingState.PARAMETERS;
                };
        read(prefix, weights.denoiser().parameters(), weights.memory());
    }

    private void read(String prefix, Block block, Memory memory) {
        long expected = block.slots().size();
        long found = file.names().stream().filter(name -> name.startsWith(prefix + ".")).count();
        if (found != expected) {
            throw new CheckpointException(
                    path,
                    "it has %d tensors under %s, the network %d; was it trained with another model?"
                            .formatted(found, prefix, expected));
        }
        for (Slot slot : block.slots()) {
            String name = prefix + "." + slot.name();
            try {
                TensorView tensor = file.get(name);
                requireShape(tensor, slot);
                memory.segment(slot).copyFrom(tensor.data());
            } catch (IOException failure) {
                throw new CheckpointException(path, failure.getMessage(), failure);
            }
        }
    }

    private void requireShape(TensorView tensor, Slot slot) {
        long[] shape = slot.shape().dims().stream().mapToLong(Dim::size).toArray();
        if (tensor.type() != ElementType.F32 || !Arrays.equals(tensor.shape(), shape)) {
            throw new CheckpointException(
                    path,
                    "the network has %s, the file %s; was it trained with another model?"
                            .formatted(slot, tensor));
        }
    }

    @Override
    public String toString() {
        return "Checkpoint[%s, step=%d]".formatted(path, header.step());
    }

    @Override
    public void close() {
        arena.close();
    }
}
