package gsdm.tensor.cpu.vector;

import static gsdm.tensor.cpu.vector.Lanes.SPECIES;
import static gsdm.tensor.cpu.vector.Raw.base;
import static gsdm.tensor.cpu.vector.Raw.index;
import static gsdm.tensor.cpu.vector.Raw.load;
import static gsdm.tensor.cpu.vector.Raw.store;

import gsdm.tensor.program.Op;

import jdk.incubator.vector.FloatVector;

/**
 * The forward loops of group norm: columns of a chunk [count, C], vector after vector, then those
 * left over one by one.
 */
final class GroupNormLoops {
    private GroupNormLoops() {}

    /** The mean and the sum of squared deviations of each channel: to [2, C]. */
    static void moments(long x, int count, int channels, long to) {
        int whole = Lanes.whole(channels);
        for (int c = 0; c < whole; c += Lanes.COUNT) {
            FloatVector mean = mean(base(x + 4L * c), count, Raw.stride(4 * channels));
            store(mean, to + 4L * c);
            FloatVector squares = squares(base(x + 4L * c), count, Raw.stride(4 * channels), mean);
            store(squares, to + 4L * (channels + c));
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

    private static FloatVector mean(long x, int count, long stride) {
        FloatVector even = FloatVector.zero(SPECIES);
        FloatVector odd = even;
        for (int n = 0; n < count - 1; n += 2) {
            even = even.add(load(x + index(n) * stride));
            odd = odd.add(load(x + (index(n) + 1) * stride));
        }
        if ((count & 1) != 0) {
            even = even.add(load(x + (count - 1) * stride));
        }
        return even.add(odd).div(count);
    }

    private static FloatVector squares(long x, int count, long stride, FloatVector mean) {
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
        return even.add(odd);
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

    /** out = (x − mean)·scale + beta, then SiLU; {@code affine} is mean and scale, [2, C]. */
    static void normalise(
            long x, int count, int channels, long affine, long beta, boolean silu, long out) {
        int whole = Lanes.whole(channels);
        long stride = Raw.stride(4 * channels);
        for (int c = 0; c < whole; c += Lanes.COUNT) {
            FloatVector mean = load(affine + 4L * c);
            FloatVector scale = load(affine + 4L * (channels + c));
            FloatVector shift = load(beta + 4L * c);
            if (silu) {
                withSilu(base(x + 4L * c), count, stride, mean, scale, shift, base(out + 4L * c));
            } else {
                plain(base(x + 4L * c), count, stride, mean, scale, shift, base(out + 4L * c));
            }
        }
        for (int c = whole; c < channels; c++) {
            float mean = Raw.get(affine + 4L * c);
            float scale = Raw.get(affine + 4L * (channels + c));
            float shift = Raw.get(beta + 4L * c);
            for (int n = 0; n < count; n++) {
                long o = 4L * ((long) n * channels + c);
                float y = Math.fma(Raw.get(x + o) - mean, scale, shift);
                Raw.put(out + o, silu ? Activations.value(Op.Function.SILU, y) : y);
            }
        }
    }

    private static void plain(
            long x,
            int count,
            long stride,
            FloatVector mean,
            FloatVector scale,
            FloatVector shift,
            long out) {
        for (int n = 0; n < count; n++) {
            long o = index(n) * stride;
            store(load(x + o).sub(mean).fma(scale, shift), out + o);
        }
    }

    private static void withSilu(
            long x,
            int count,
            long stride,
            FloatVector mean,
            FloatVector scale,
            FloatVector shift,
            long out) {
        for (int n = 0; n < count; n++) {
            long o = index(n) * stride;
            store(Activations.silu(load(x + o).sub(mean).fma(scale, shift)), out + o);
        }
    }
}
