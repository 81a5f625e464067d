package gsdm.nn.network;

import gsdm.nn.layout.LayoutSignature;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;

/**
 * The denoiser's network without an end of its own: a number for every value, also of discrete
 * nodes, whose options are regressed on like any other number.
 */
public final class Regressor extends Trunk {
    /**
     * A network for layouts of that signature.
     *
     * @throws IllegalArgumentException if there are fewer than 4 channels for each axis of a
     *     position
     */
    public Regressor(NetworkConfig config, LayoutSignature signature) {
        super(config, signature);
    }

    @Override
    public boolean predictsProbabilities() {
        return false;
    }

    @Override
    public Slot emit(ProgramBuilder program, NetworkInputs inputs) {
        return emitTrunk(program, inputs);
    }
}
