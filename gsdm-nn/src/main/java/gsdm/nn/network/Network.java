package gsdm.nn.network;

import gsdm.nn.layout.LayoutSignature;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;

/**
 * What computes a number for every value of a model from noised values: a description, not memory.
 * Its parameters are a block of slots, and {@link #emit} writes it as ops. It depends on the
 * layout's {@linkplain LayoutSignature signature} only, so the same parameters serve any number of
 * nodes.
 */
public interface Network {
    /** What it was made for. */
    LayoutSignature signature();

    /** Its parameters under names that checkpoints keep, and how each of them starts. */
    Parameters parameters();

    /**
     * Whether it predicts the probabilities of a discrete node's options, each in [0, 1] and all
     * together 1.
     */
    boolean predictsProbabilities();

    /** C, the width of the embedding of a time step that it reads. */
    int channels();

    /** A new block of what it reads of a layout. */
    LayoutSlots newLayoutSlots();

    /**
     * Appends the network.
     *
     * @return [B, X] what it predicts; what that is of a value is not the network's affair
     */
    Slot emit(ProgramBuilder program, NetworkInputs inputs);
}
