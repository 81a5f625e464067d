package gsdm.nn.network;

import gsdm.tensor.backend.Lifetime;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;

import java.util.List;

/**
 * A copy of a denoiser's parameters, which any number of samplers may read at the same time as long
 * as nobody writes it. Whoever opens it closes it, after the samplers: those do not sample any more
 * then.
 */
public final class Weights implements AutoCloseable {
    private final Denoiser denoiser;
    private final Memory memory;

    /** All zeros. */
    public Weights(Denoiser denoiser) {
        this.denoiser = denoiser;
        this.memory = Memory.allocate(Extents.NONE, List.of(denoiser.parameters()));
    }

    /** The network these are the parameters of. */
    public Denoiser denoiser() {
        return denoiser;
    }

    /** Holds the block {@link Denoiser#parameters()}. */
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
            memory.segment(denoiser.parameters()).copyFrom(from.segment(source));
        }
    }

    /** Frees it, once the network evaluations in progress over it have ended. */
    @Override
    public void close() {
        memory.close();
    }
}
