package gsdm.tensor.cpu.vector.norm;

import static gsdm.tensor.cpu.vector.core.Raw.base;
import static gsdm.tensor.cpu.vector.core.Raw.get;
import static gsdm.tensor.cpu.vector.core.Raw.index;
import static gsdm.tensor.cpu.vector.core.Raw.load;
import static gsdm.tensor.cpu.vector.core.Raw.put;
import static gsdm.tensor.cpu.vector.core.Raw.store;

import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.NormColumns;
import gsdm.tensor.cpu.vector.core.Raw;

import jdk.incubator.vector.FloatVector;

/**
 * The backward loops of group norm over a chunk [count, C], and the rows of its factors [FACTORS,
 * C]: what a channel needs of the statistics.
 */
final class GroupNormGradientLoops {
    /** The group's mean. */
    static final int MEAN = 0;

    /** 1 / the group's standard deviation. */
    static final int DEVIATION = 1;

    /** That times gamma. */
    static final int SCALE = 2;

    /** What every gradient of the group loses. */
    static final int CONSTANT = 3;

    /** What it loses for each unit of normalised x. */
    static final int SLOPE = 4;

    static final int FACTORS = 5;

    private GroupNormGradientLoops() {}

    private static long factor(long factors, int which, int channels, int c) {
        return factors + 4L * (which * channels + c);
    }

    private static float factorOf(long factors, int which, int channels, int c) {
        return get(factor(factors, which, channels, c));
    }

    /**
     * The sums of d and of d·n of each channel: to [2, C].
     *
     * @param slopes [count, C], what d is multiplied by first, in place; or 0
     */
    static void sums(long x, long d, long slopes, int count, int channels, long factors, long to) {
        int whole = Lanes.whole(channels);
        long stride = Raw.stride(4 * channels);
        for (int c = 0; c < whole; c += Lanes.COUNT) {
            long o = 4L * c;
            long meanAt = factor(factors, MEAN, channels, c);
            long deviationAt = factor(factors, DEVIATION, channels, c);
            long slopeAt = to + 4L * (channels + c);
            if (slopes == 0) {
                NormColumns.sums(
                        base(x + o),
                        base(d + o),
                        count,
                        stride,
                        meanAt,
                        deviationAt,
                        to + o,
                        slopeAt);
            } else {
                NormColumns.slopedSums(
                        base(x + o),
                        base(d + o),
                        base(slopes + o),
                        count,
                        stride,
                        meanAt,
                        deviationAt,
                        to + o,
                        slopeAt);
            }
        }
        for (int c = whole; c < channels; c++) {
            float mean = factorOf(factors, MEAN, channels, c);
            float sum = 0;
            float slope = 0;
            for (int n = 0; n < count; n++) {
                long o = 4L * ((long) n * channels + c);
                if (slopes != 0) {
                    put(d + o, get(d + o) * get(slopes + o));
                }
                sum += get(d + o);
                slope = Math.fma(get(d + o), get(x + o) - mean, slope);
            }
            put(to + 4L * c, sum);
            put(to + 4L * (channels + c), slope * factorOf(factors, DEVIATION, channels, c));
        }
    }

    /** dX = scale·d − constant − n·slope + add; add may be 0, or the same memory as dX. */
    static void backward(long x, long d, int count, int channels, long factors, long add, long dX) {
        int whole = Lanes.whole(channels);
        long stride = Raw.stride(4 * channels);
        for (int c = 0; c < whole; c += Lanes.COUNT) {
            long factorsAt = factors + 4L * c;
            long rowBytes = 4L * channels;
            long xAt = base(x + 4L * c);
            long dAt = base(d + 4L * c);
            long to = base(dX + 4L * c);
            if (add == 0) {
                gradient(xAt, dAt, count, stride, factorsAt, rowBytes, to);
            } else {
                addGradient(xAt, dAt, count, stride, factorsAt, rowBytes, base(add + 4L * c), to);
            }
        }
        for (int c = whole; c < channels; c++) {
            float slope =
                    -factorOf(factors, SLOPE, channels, c)
                            * factorOf(factors, DEVIATION, channels, c);
            for (int n = 0; n < count; n++) {
                long o = 4L * ((long) n * channels + c);
                float centred = get(x + o) - factorOf(factors, MEAN, channels, c);
                float rest = Math.fma(centred, slope, -factorOf(factors, CONSTANT, channels, c));
                float result = Math.fma(get(d + o), factorOf(factors, SCALE, channels, c), rest);
                put(dX + o, add == 0 ? result : result + get(add + o));
            }
        }
    }

    private static void gradient(
            long x, long d, int count, long stride, long factors, long rowBytes, long to) {
        FloatVector mean = load(factors + MEAN * rowBytes);
        FloatVector deviation = load(factors + DEVIATION * rowBytes);
        FloatVector slope = load(factors + SLOPE * rowBytes).mul(deviation).neg();
        FloatVector scale = load(factors + SCALE * rowBytes);
        FloatVector constant = load(factors + CONSTANT * rowBytes).neg();
        for (int n = 0; n < count; n++) {
            long o = index(n) * stride;
            FloatVector rest = load(x + o).sub(mean).fma(slope, constant);
            store(load(d + o).fma(scale, rest), to + o);
        }
    }

    private static void addGradient(
            long x,
            long d,
            int count,
            long stride,
            long factors,
            long rowBytes,
            long add,
            long to) {
        FloatVector mean = load(factors + MEAN * rowBytes);
        FloatVector deviation = load(factors + DEVIATION * rowBytes);
        FloatVector slope = load(factors + SLOPE * rowBytes).mul(deviation).neg();
        FloatVector scale = load(factors + SCALE * rowBytes);
        FloatVector constant = load(factors + CONSTANT * rowBytes).neg();
        for (int n = 0; n < count; n++) {
            long o = index(n) * stride;
            FloatVector rest = load(x + o).sub(mean).fma(slope, constant);
            store(load(d + o).fma(scale, rest).add(load(add + o)), to + o);
        }
    }
}
