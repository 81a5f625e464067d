package gsdm.tensor.cpu.vector.norm;

import static gsdm.tensor.cpu.vector.core.Lanes.SPECIES;
import static gsdm.tensor.cpu.vector.core.Raw.base;
import static gsdm.tensor.cpu.vector.core.Raw.index;
import static gsdm.tensor.cpu.vector.core.Raw.load;
import static gsdm.tensor.cpu.vector.core.Raw.store;

import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.NormColumns;
import gsdm.tensor.cpu.vector.core.Raw;

import jdk.incubator.vector.FloatVector;

/**
 * The forward loops of group norm: columns of a chunk [count, C], vector after vector, then those
 * left over one by one. Methods hand each other addresses, never vectors: one that is not inlined
 * would take them on the heap.
 */
final class GroupNormLoops {
    private GroupNormLoops() {}

    /** The mean and the sum of squared deviations of each channel: to [2, C]. */
    static void moments(long x, int count, int channels, long to) {
        int whole = Lanes.whole(channels);
        for (int c = 0; c < whole; c += Lanes.COUNT) {
            long meanAt = to + 4L * c;
            mean(base(x + 4L * c), count, Raw.stride(4 * channels), meanAt);
            long squaresAt = to + 4L * (channels + c);
            squares(base(x + 4L * c), count, Raw.stride(4 * channels), meanAt, squaresAt);
        }
        for (int c = whole; c < channels; c++) {
            double sum = 0;
            for (int n = 0; n < count; n++) {
                sum += Raw.get(x + 4L * ((long) n * channels + c));
            }
            double mean = sum / count;
            double squares = 0;
            for (int n = 0; n < count; n++) {
                double deviation = Raw.get(x + 4L * ((long) n * channels + c)) - mean;
                squares += deviation * deviation;
            }
            Raw.put(to + 4L * c, (float) mean);
            Raw.put(to + 4L * (channels + c), (float) squares);
        }
    }

    private static void mean(long x, int count, long stride, long to) {
        FloatVector even = FloatVector.zero(SPECIES);
        FloatVector odd = even;
        for (int n = 0; n < count - 1; n += 2) {
            even = even.add(load(x + index(n) * stride));
            odd = odd.add(load(x + (index(n) + 1) * stride));
        }
        if ((count & 1) != 0) {
            even = even.add(load(x + (count - 1) * stride));
        }
        store(even.add(odd).div(count), to);
    }

    private static void squares(long x, int count, long stride, long meanAt, long to) {
        FloatVector mean = load(meanAt);
        FloatVector even = FloatVector.zero(SPECIES);
        FloatVector odd = even;
        for (int n = 0; n < count - 1; n += 2) {
            FloatVector d = load(x + index(n) * stride).sub(mean);
            even = d.fma(d, even);
            d = load(x + (index(n) + 1) * stride).sub(mean);
            odd = d.fma(d, odd);
        }
        if ((count & 1) != 0) {
            FloatVector d = load(x + (count - 1) * stride).sub(mean);
            even = d.fma(d, even);
        }
        store(even.add(odd), to);
    }

    /** Merges moments [2, C] of {@code there} nodes into those of {@code here} nodes. */
    static void combine(long into, long from, int channels, double here, double there) {
        float share = (float) (there / (here + there));
        float product = (float) (here * there / (here + there));
        int whole = Lanes.whole(channels);
        for (int c = 0; c < whole; c += Lanes.COUNT) {
            long mean = into + 4L * c;
            long squares = into + 4L * (channels + c);
            FloatVector delta = load(from + 4L * c).sub(load(mean));
            FloatVector sum = load(squares).add(load(from + 4L * (channels + c)));
            store(delta.mul(product).fma(delta, sum), squares);
            store(delta.mul(share).add(load(mean)), mean);
        }
        for (int c = whole; c < channels; c++) {
            long mean = into + 4L * c;
            long squares = into + 4L * (channels + c);
            float delta = Raw.get(from + 4L * c) - Raw.get(mean);
            float sum = Raw.get(squares) + Raw.get(from + 4L * (channels + c));
            Raw.put(squares, Math.fma(delta * product, delta, sum));
            Raw.put(mean, delta * share + Raw.get(mean));
        }
    }

    /** out = (x − mean)·scale + beta; {@code mean}, {@code scale}, {@code beta} are [C]. */
    static void normalise(
            long x, int count, int channels, long mean, long scale, long beta, long out) {
        int whole = Lanes.whole(channels);
        long stride = Raw.stride(4 * channels);
        for (int c = 0; c < whole; c += Lanes.COUNT) {
            long o = 4L * c;
            NormColumns.normalise(
                    base(x + o), count, stride, mean + o, scale + o, beta + o, base(out + o));
        }
        for (int c = whole; c < channels; c++) {
            float centre = Raw.get(mean + 4L * c);
            float factor = Raw.get(scale + 4L * c);
            float shift = Raw.get(beta + 4L * c);
            for (int n = 0; n < count; n++) {
                long o = 4L * ((long) n * channels + c);
                Raw.put(out + o, Math.fma(Raw.get(x + o) - centre, factor, shift));
            }
        }
    }
}
