package gsdm.nn.network;

import gsdm.nn.layout.LayoutSignature;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;

import java.util.List;

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
        List<NodeKind> kinds = inputs.layout().kinds();
        if (kinds.getLast().options() == 1) {
            return values;
        }
        return config().likelihood()
                ? program.blockSoftmax(values, inputs.values(), inputs.levels(), kinds)
                : program.blockSoftmax(values, kinds);
    }
}
