package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.vector.core.NormRows;
import gsdm.tensor.program.LayerNorm;
import gsdm.tensor.program.Norm;

/** The gradient of {@link LayerNorm}: all but the parameters' while a chunk is in cache. */
final class LayerGradient implements NormGradient {
    private final float epsilon;
    private final long gamma;
    private final long beta;
    private final long add;
    private final long dX;
    private final long dGamma;
    private final long dBeta;
    private final ChannelSums sums = new ChannelSums();
    private NodeChunks chunks = NodeChunks.NONE;

    LayerGradient(LayerNorm norm, Norm.Gradient op, Addresses addresses) {
        epsilon = norm.epsilon();
        gamma = addresses.of(norm.gamma());
        beta = addresses.of(norm.beta());
        add = op.add().present() ? addresses.of(op.add()) : 0;
        dX = addresses.of(op.dX());
        dGamma = addresses.of(op.dGamma());
        dBeta = addresses.of(op.dBeta());
    }

    @Override
    public void size(NodeChunks newChunks) {
        chunks = newChunks;
        sums.size(newChunks);
    }

    @Override
    public long bytes() {
        return sums.bytes();
    }

    @Override
    public void place(long address) {
        sums.place(address);
    }

    @Override
    public boolean overNodes() {
        return false;
    }

    @Override
    public void spread(int example) {
        throw new UnsupportedOperationException("nothing to spread");
    }

    @Override
    public void begin(int chunk, long x, long buffer) {
        NormRows.statistics(x, chunks.nodes(chunk), chunks.channels(), epsilon, buffer);
    }

    @Override
    public void normalise(int chunk, long x, long buffer, long to) {
        int count = chunks.nodes(chunk);
        NormRows.normalise(x, count, chunks.channels(), gamma, beta, buffer, to);
    }

    @Override
    public void sum(int chunk, long x, long d, long slopes, long buffer) {
        long offset = chunks.offset(chunk);
        int count = chunks.nodes(chunk);
        int channels = chunks.channels();
        long addAt = add == 0 ? 0 : add + offset;
        NormRows.sums(x, d, slopes, count, channels, buffer, sums.of(chunk));
        NormRows.slopes(x, d, count, channels, gamma, buffer);
        NormRows.gradient(x, d, count, channels, gamma, buffer, addAt, dX + offset);
    }

    @Override
    public void merge(int example) {
        sums.merge(example);
    }

    @Override
    public void backward(int chunk, long d) {
        throw new UnsupportedOperationException("done with the sums");
    }

    @Override
    public void parameters() {
        sums.addExamples(dGamma, dBeta);
    }
}
