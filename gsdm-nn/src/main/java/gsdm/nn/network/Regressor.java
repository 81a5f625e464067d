package gsdm.nn.network;

import gsdm.nn.layout.LayoutSignature;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;

/**
 * The denoiser's network without an end of its own: a number for every value, also of discrete
 * nodes, whose options are regressed on like any other number.
 */
public final class Regressor implements Network {
    private final Trunk trunk;

    /**
     * A network for layouts of that signature.
     *
     * @throws IllegalArgumentException if there are fewer than 4 channels for each axis of a
     *     position
     */
    public Regressor(NetworkConfig config, LayoutSignature signature) {
        this.trunk = new Trunk(config, signature);
    }

    @Override
    public LayoutSignature signature() {
        return trunk.signature();
    }

    @Override
    public Parameters parameters() {
        return trunk.parameters();
    }

    @Override
    public int channels() {
        return trunk.config().channels();
    }

    @Override
    public LayoutSlots newLayoutSlots() {
        return trunk.newLayoutSlots();
    }

    @Override
    public Slot emit(ProgramBuilder program, NetworkInputs inputs) {
        return trunk.emit(program, inputs);
    }
}
