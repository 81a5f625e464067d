package gsdm.nn.network;

import gsdm.nn.layout.LayoutSignature;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;

/**
 * The network of graphically structured diffusion models (Weilbach et al. 2023). It ends in a
 * softmax over the options of each discrete node, of which it predicts probabilities.
 */
public final class Denoiser extends Trunk {
    /**
     * A network for layouts of that signature.
     *
     * @throws IllegalArgumentException if there are fewer than 4 channels for each axis of a
     *     position
     */
    public Denoiser(NetworkConfig config, LayoutSignature signature) {
        super(config, signature);
    }

    @Override
    public boolean predictsProbabilities() {
        return true;
    }

    @Override
    public Slot emit(ProgramBuilder program, NetworkInputs inputs) {
        Slot values = emitTrunk(program, inputs);
        boolean discrete = signature().options().getLast() > 1;
        return discrete ? program.blockSoftmax(values, inputs.layout().kinds()) : values;
    }
}
