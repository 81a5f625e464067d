package gsdm.nn.checkpoint;

import gsdm.nn.checkpoint.CheckpointException.Kind;
import gsdm.nn.network.WeightKind;
import gsdm.nn.network.Weights;
import gsdm.tensor.backend.Lifetime;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.io.ElementType;
import gsdm.tensor.io.SafetensorsException;
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
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** A checkpoint that was read and found whole; close it when its tensors are no longer needed. */
public final class Checkpoint implements AutoCloseable {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path path;
    private final Lifetime lifetime;
    private final Arena arena;
    private final SafetensorsFile file;
    private final CheckpointHeader header;

    private Checkpoint(Path path, Arena arena, SafetensorsFile file, CheckpointHeader header) {
        this.path = path;
        this.lifetime = new Lifetime("the checkpoint " + path);
        this.arena = arena;
        this.file = file;
        this.header = header;
    }

    /**
     * Opens a file and checks all of it.
     *
     * @throws CheckpointException if it cannot be read, is of a format not known, is damaged, or
     *     holds what cannot be; its kind says which
     */
    @SuppressWarnings("MustBeClosedChecker") // the object returned owns the arena
    public static Checkpoint open(Path path) {
        Arena arena = Arena.ofShared();
        try {
            SafetensorsFile file = SafetensorsFile.open(path, arena);
            return new Checkpoint(path, arena, file, check(path, file));
        } catch (SafetensorsException damaged) {
            arena.close();
            throw new CheckpointException(
                    Files.isRegularFile(path) ? Kind.DAMAGED : Kind.UNREADABLE,
                    path,
                    damaged.reason(),
                    damaged);
        } catch (IOException failure) {
            arena.close();
            throw CheckpointException.unreadable(path, failure);
        } catch (RuntimeException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    /** The header of a file that was found whole, and finite. */
    private static CheckpointHeader check(Path path, SafetensorsFile file)
            throws SafetensorsException {
        boolean asWritten = file.asWritten();
        HeaderText text = new HeaderText(path, file.metadata(), asWritten);
        text.checkFormat(file.hasChecksum());
        CheckpointHeader header = text.parse();
        if (!asWritten) {
            verify(file, header);
        }
        for (String name : file.names()) {
            TensorView tensor = file.get(name);
            if (tensor.type() == ElementType.F32 && !isFinite(tensor.data())) {
                throw new CheckpointException(
                        Kind.INVALID, path, name + " holds a value that is not finite");
            }
        }
        return header;
    }

    /** Another library has ordered the file as it likes; its checksum is of how it was written. */
    private static void verify(SafetensorsFile file, CheckpointHeader header)
            throws SafetensorsException {
        if (!file.isCopyOf(asFirstWritten(file, header, Comparator.naturalOrder()))) {
            file.verify(asFirstWritten(file, header, EarlierOrder.ofNames()));
        }
    }

    /** What was written of a file's content, tensors in that order, whatever order it has now. */
    private static SafetensorsWriter asFirstWritten(
            SafetensorsFile file, CheckpointHeader header, Comparator<String> order)
            throws SafetensorsException {
        SafetensorsWriter writer = new SafetensorsWriter();
        HeaderText.write(header)
                .keySet()
                .forEach(key -> writer.metadata(key, file.metadata().get(key)));
        for (String name : file.names().stream().sorted(order).toList()) {
            TensorView tensor = file.get(name);
            writer.tensor(name, tensor.type(), tensor.shape(), tensor.data());
        }
        return writer;
    }

    /**
     * Writes a checkpoint, whole or not at all: its tensors by name, so that their order can be
     * told from a file that another library saved again.
     *
     * @throws CheckpointException if a value is not finite, or writing fails
     */
    public static void write(Path path, CheckpointHeader header, TrainingState state) {
        SafetensorsWriter writer = new SafetensorsWriter();
        HeaderText.write(header).forEach(writer::metadata);
        try (Lifetime.Use _ = state.memory().use()) {
            for (String prefix : TrainingState.PREFIXES) {
                for (Slot slot : byName(state.block(prefix))) {
                    add(path, writer, prefix + "." + slot.name(), slot, state.memory());
                }
            }
            writer.write(path);
        } catch (IOException failure) {
            throw CheckpointException.notWritten(path, failure);
        }
    }

    private static List<Slot> byName(Block block) {
        return block.slots().stream().sorted(Comparator.comparing(Slot::name)).toList();
    }

    private static void add(
            Path path, SafetensorsWriter writer, String name, Slot slot, Memory memory) {
        MemorySegment data = memory.read(slot);
        if (!isFinite(data)) {
            throw new CheckpointException(
                    Kind.NOT_WRITTEN,
                    path,
                    name + " holds a value that is not finite; not written");
        }
        long[] shape = slot.shape().dims().stream().mapToLong(Dim::size).toArray();
        writer.tensor(name, ElementType.F32, shape, data);
    }

    private static boolean isFinite(MemorySegment floats) {
        for (long at = 0; at < floats.byteSize(); at += Float.BYTES) {
            if (!Float.isFinite(floats.get(FLOAT, at))) {
                return false;
            }
        }
        return true;
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
        for (String prefix : TrainingState.PREFIXES) {
            read(prefix, state.block(prefix), state.memory());
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
        read(prefix, weights.network().parameters().block(), weights.memory());
    }

    private void read(String prefix, Block block, Memory memory) {
        long expected = block.slots().size();
        long found = file.names().stream().filter(name -> name.startsWith(prefix + ".")).count();
        if (found != expected) {
            throw new CheckpointException(
                    Kind.OTHER_NETWORK,
                    path,
                    "it has %d tensors under %s, the network %d; was it trained with another model?"
                            .formatted(found, prefix, expected));
        }
        for (Slot slot : block.slots()) {
            String name = prefix + "." + slot.name();
            try (Lifetime.Use _ = lifetime.use();
                    Lifetime.Use _ = memory.use()) {
                TensorView tensor = file.get(name);
                requireShape(tensor, slot);
                memory.write(slot).copyFrom(tensor.data());
            } catch (SafetensorsException missing) {
                throw new CheckpointException(Kind.OTHER_NETWORK, path, missing.reason(), missing);
            }
        }
    }

    private void requireShape(TensorView tensor, Slot slot) {
        long[] shape = slot.shape().dims().stream().mapToLong(Dim::size).toArray();
        if (tensor.type() != ElementType.F32 || !Arrays.equals(tensor.shape(), shape)) {
            throw new CheckpointException(
                    Kind.OTHER_NETWORK,
                    path,
                    "the network has %s, the file %s; was it trained with another model?"
                            .formatted(slot, tensor));
        }
    }

    @Override
    public String toString() {
        return "Checkpoint[%s, step=%d]".formatted(path, header.step());
    }

    /** Unmaps the file, once a tensor in progress has been copied. */
    @Override
    public void close() {
        lifetime.close(arena::close);
    }
}
