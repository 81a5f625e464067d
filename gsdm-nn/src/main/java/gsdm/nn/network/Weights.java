package gsdm.nn.network;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Lifetime;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.util.List;

/**
 * A copy of a network's parameters, which any number of samplers may read at the same time as long
 * as nobody writes it. Whoever opens it closes it; its memory is freed after the last of the
 * samplers.
 */
public final class Weights implements AutoCloseable {
    /** A segment may be larger than a buffer can be. */
    private static final long CHUNK = 1L << 26;

    private final Network network;
    private final Memory memory;

    /** All zeros, in the memory of a backend. */
    public Weights(Backend backend, Network network) {
        this.network = network;
        this.memory = backend.allocate(Extents.NONE, List.of(network.parameters().block()));
    }

    /** The network these are the parameters of. */
    public Network network() {
        return network;
    }

    /** Holds the block of {@link Network#parameters()}. */
    public Memory memory() {
        return memory;
    }

    /**
     * Takes over what another block of the same layout holds.
     *
     * @param source the parameters, or their average
     * @param from where it lies
     */
    public void copyFrom(Block source, Memory from) {
        try (Lifetime.Use _ = memory.use();
                Lifetime.Use _ = from.use()) {
            memory.write(network.parameters().block()).copyFrom(from.read(source));
        }
    }

    /** Adds their bytes to a digest. */
    public void digest(MessageDigest digest) {
        try (Lifetime.Use _ = memory.use()) {
            MemorySegment all = memory.read(network.parameters().block());
            for (long at = 0; at < all.byteSize(); at += CHUNK) {
                long size = Math.min(CHUNK, all.byteSize() - at);
                digest.update(all.asSlice(at, size).asByteBuffer());
            }
        }
    }

    /** Ends its use; samplers that are open keep the memory as long as they need it. */
    @Override
    public void close() {
        memory.close();
    }
}
