package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.vector.core.NormRows;
import gsdm.tensor.program.LayerNorm;
import gsdm.tensor.program.Norm;

/** {@link LayerNorm}: a row at a time, while it is in cache. */
final class LayerNormaliser implements Normaliser {
    private final float epsilon;
    private final long gamma;
    private final long beta;
    private int channels;

    LayerNormaliser(LayerNorm op, Addresses addresses) {
        epsilon = op.epsilon();
        gamma = addresses.of(op.gamma());
        beta = addresses.of(op.beta());
    }

    static LayerNormaliser of(Norm op, Addresses addresses) {
        if (op instanceof LayerNorm norm) {
            return new LayerNormaliser(norm, addresses);
        }
        throw new IllegalArgumentException("a norm over nodes waits for all of them: " + op);
    }

    @Override
    public void size(NodeChunks chunks) {
        size(chunks.channels());
    }

    /** Takes the width of the rows. */
    void size(int newChannels) {
        channels = newChannels;
    }

    @Override
    public boolean overNodes() {
        return false;
    }

    @Override
    public void normalise(int first, int count, long x, long buffer, long out) {
        NormRows.statistics(x, count, channels, epsilon, buffer);
        NormRows.normalise(x, count, channels, gamma, beta, buffer, out);
    }
}
