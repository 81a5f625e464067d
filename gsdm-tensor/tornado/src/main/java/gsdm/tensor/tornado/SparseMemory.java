package gsdm.tensor.tornado;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Host memory for what is never on the host: TornadoVM's arrays have one, also of temporaries that
 * only a device writes. Mapped from a file of holes, which is deleted at once, it takes addresses
 * and no memory.
 */
final class SparseMemory {
    private SparseMemory() {}

    /** Zeros, which the system provides where they are touched. */
    static MemorySegment allocate(long bytes, Arena arena) {
        try {
            Path file = Files.createTempFile("gsdm", ".device");
            try (FileChannel channel =
                    FileChannel.open(
                            file,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.SPARSE,
                            StandardOpenOption.DELETE_ON_CLOSE)) {
                return channel.map(MapMode.READ_WRITE, 0, bytes, arena);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
