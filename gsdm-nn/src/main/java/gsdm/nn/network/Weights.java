package gsdm.nn.network;

import gsdm.tensor.backend.Lifetime;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;

import java.util.List;

/**
 * A copy of a network's parameters, which any number of samplers may read at the same time as long
 * as nobody writes it. Whoever opens it closes it, after the samplers: those do not sample any more
 * then.
 */
public final class Weights implements AutoCloseable {
    private final Network network;
    private final Memory memory;

    /** All zeros. */
    public Weights(Network network) {
        this.network = network;
        this.memory = Memory.allocate(Extents.NONE, List.of(network.parameters().block()));
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
            memory.segment(network.parameters().block()).copyFrom(from.segment(source));
        }
    }

    /** Frees it, once the network evaluations in progress over it have ended. */
    @Override
    public void close() {
        memory.close();
    }
}
