package gsdm.nn.network;

import gsdm.nn.layout.LayoutSignature;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;

/**
 * The network of graphically structured diffusion models (Weilbach et al. 2023). Where it predicts
 * clean values, a discrete node's are the probabilities of its options.
 */
public final class Denoiser implements Network {
    /** Added to the variance in group norms. */
    public static final float NORM_EPSILON = Trunk.NORM_EPSILON;

    private final Trunk trunk;
    private final boolean probabilities;

    /**
     * A network for layouts of that signature.
     *
     * @param probabilities whether discrete nodes end in a softmax over their options
     * @throws IllegalArgumentException if there are fewer than 4 channels for each axis of a
     *     position
     */
    public Denoiser(NetworkConfig config, LayoutSignature signature, boolean probabilities) {
        this.trunk = new Trunk(config, signature);
        this.probabilities = probabilities;
    }

    public NetworkConfig config() {
        return trunk.config();
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
        Slot values = trunk.emit(program, inputs);
        return probabilities && trunk.hasDiscrete()
                ? program.blockSoftmax(values, inputs.layout().kinds())
                : values;
    }
}
