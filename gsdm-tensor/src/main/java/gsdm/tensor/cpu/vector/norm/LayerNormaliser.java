package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.vector.core.NormRows;
import gsdm.tensor.program.LayerNorm;

/** {@link LayerNorm}: a row at a time, while it is in cache. */
final class LayerNormaliser implements Normaliser {
    private final float epsilon;
    private final long x;
    private final long gamma;
    private final long beta;
    private int channels;

    LayerNormaliser(LayerNorm op, Addresses addresses) {
        epsilon = op.epsilon();
        x = addresses.of(op.x());
        gamma = addresses.of(op.gamma());
        beta = addresses.of(op.beta());
    }

    @Override
    public void size(NodeChunks chunks) {
        channels = chunks.channels();
    }

    @Override
    public boolean overNodes() {
        return false;
    }

    @Override
    public void normalise(int first, int count, long buffer, long out) {
        long at = x + 4L * first * channels;
        NormRows.statistics(at, count, channels, epsilon, buffer);
        NormRows.normalise(at, count, channels, gamma, beta, buffer, out);
    }
}
