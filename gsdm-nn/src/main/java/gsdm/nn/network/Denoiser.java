package gsdm.nn.network;

import gsdm.nn.layout.LayoutSignature;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;

/**
 * The network of graphically structured diffusion models (Weilbach et al. 2023). Where it predicts
 * clean values, a discrete node's are the probabilities of its options.
 */
public final class Denoiser extends Trunk {
    private final boolean probabilities;

    /**
     * A network for layouts of that signature.
     *
     * @param probabilities whether discrete nodes end in a softmax over their options
     * @throws IllegalArgumentException if there are fewer than 4 channels for each axis of a
     *     position
     */
    public Denoiser(NetworkConfig config, LayoutSignature signature, boolean probabilities) {
        super(config, signature);
        this.probabilities = probabilities;
    }

    @Override
    public boolean predictsProbabilities() {
        return probabilities;
    }

    @Override
    public Slot emit(ProgramBuilder program, NetworkInputs inputs) {
        Slot values = emitTrunk(program, inputs);
        boolean discrete = signature().options().getLast() > 1;
        return probabilities && discrete
                ? program.blockSoftmax(values, inputs.layout().kinds())
                : values;
    }
}
