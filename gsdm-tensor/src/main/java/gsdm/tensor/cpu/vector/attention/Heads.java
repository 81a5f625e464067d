package gsdm.tensor.cpu.vector.attention;

import gsdm.tensor.cpu.vector.core.HeadLoops;
import gsdm.tensor.cpu.vector.core.LaneSums;
import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.Pointwise;
import gsdm.tensor.cpu.vector.core.Raw;

/**
 * Inner products by head and sums weighted by head, over many rows of channels at a time.
 *
 * <p>Scores and weights are [row, slot]: a slot for each head, and empty ones up to a power of two,
 * so that a vector holds whole rows or a row whole vectors. A head has {@code width} channels.
 */
final class Heads {
    private static final int LEAST_ROWS = 8;
    private static final int MOST_ROWS = 64;

    /** Sums by head that are worth a place in the first-level cache at a time. */
    private static final int CACHED = 256;

    final int heads;
    final int width;
    final int channels;

    /** Heads, rounded up to a power of two. */
    final int slots;

    /** Floats of one number for each slot, repeated to fill a vector. */
    final int state;

    /** Rows taken at a time. */
    final int chunk;

    Heads(int heads, int channels) {
        this.heads = heads;
        this.channels = channels;
        width = channels / heads;
        slots = heads == 1 ? 1 : Integer.highestOneBit(heads - 1) << 1;
        state = Math.max(slots, Lanes.COUNT);
        chunk = Math.clamp(CACHED / slots, Math.max(LEAST_ROWS, Lanes.COUNT), MOST_ROWS);
    }

    /** Bytes of what {@link #dots} needs besides its result. */
    long partialBytes() {
        return (long) chunk * slots * Lanes.BYTES;
    }

    /** Bytes of the scores of a chunk. */
    long scoreBytes() {
        return 4L * chunk * slots;
    }

    /** Bytes of a state. */
    long stateBytes() {
        return 4L * state;
    }

    /** Vectors that the scores of so many rows fill. */
    int vectors(int rows) {
        return (rows * slots + Lanes.COUNT - 1) / Lanes.COUNT;
    }

    /**
     * scores[j, h] = scale times the inner product of head h of {@code a} and of row j. Lanes
     * beyond {@code count} rows hold anything.
     *
     * @param rows the first row; they are {@code stride} bytes apart
     * @param columns int [count]: which rows; 0 for all in order
     * @param count at most {@link #chunk}
     */
    void dots(
            long a,
            long rows,
            int stride,
            long columns,
            int count,
            float scale,
            long partials,
            long scores) {
        HeadLoops.products(a, rows, stride, columns, count, heads, width, slots, partials);
        int vectors = vectors(count);
        for (int v = 0; v < vectors; v++) {
            long at = partials + (long) v * Lanes.COUNT * Lanes.BYTES;
            LaneSums.sums(at, scores + (long) v * Lanes.BYTES);
        }
        Pointwise.multiply(scale, scores, scores, vectors * Lanes.COUNT);
    }

    /**
     * out[c] += Σ_j weights[j, head of c] · row j [c], see {@link #dots}.
     *
     * @param out [channels]
     */
    void addWeighted(long weights, long rows, int stride, long columns, int count, long out) {
        if (Lanes.whole(width) < width) {
            HeadLoops.addScalars(
                    weights, slots, rows, stride, columns, count, channels, width, out);
            return;
        }
        int strip = 4 * Lanes.COUNT;
        int c = 0;
        for (; c + strip <= channels; c += strip) {
            addFour(weights, rows + 4L * c, stride, columns, count, c, out + 4L * c);
        }
        for (; c < channels; c += Lanes.COUNT) {
            long at = weights + 4L * (c / width);
            HeadLoops.add(at, 4 * slots, rows + 4L * c, stride, columns, count, out + 4L * c);
        }
    }

    private void addFour(
            long weights, long rows, int stride, long columns, int count, int channel, long out) {
        int l = Lanes.COUNT;
        int step = 4 * slots;
        long w0 = weights + 4L * (channel / width);
        long w1 = weights + 4L * ((channel + l) / width);
        long w2 = weights + 4L * ((channel + 2 * l) / width);
        long w3 = weights + 4L * ((channel + 3 * l) / width);
        if (w0 == w1 && w2 == w3) {
            HeadLoops.addTwoPairs(w0, w2, step, rows, stride, columns, count, out);
        } else {
            HeadLoops.add(w0, step, rows, stride, columns, count, out);
            HeadLoops.add(w1, step, rows + 4L * l, stride, columns, count, out + 4L * l);
            HeadLoops.add(w2, step, rows + 8L * l, stride, columns, count, out + 8L * l);
            HeadLoops.add(w3, step, rows + 12L * l, stride, columns, count, out + 12L * l);
        }
    }

    /** out[c] *= factors[head of c]. */
    void scale(long factors, long out) {
        for (int h = 0; h < heads; h++) {
            long at = out + 4L * h * width;
            Pointwise.multiply(Raw.get(factors + 4L * h), at, at, width);
        }
    }

    /** to = one number for each head, repeated over the lanes; empty slots get 0. */
    void repeat(long perHead, long to) {
        for (int i = 0; i < state; i++) {
            int slot = i & slots - 1;
            Raw.put(to + 4L * i, slot < heads ? Raw.get(perHead + 4L * slot) : 0);
        }
    }
}
