package gsdm.tensor.cpu.vector;

import static gsdm.tensor.cpu.vector.Lanes.SPECIES;
import static gsdm.tensor.cpu.vector.Raw.base;
import static gsdm.tensor.cpu.vector.Raw.get;
import static gsdm.tensor.cpu.vector.Raw.index;
import static gsdm.tensor.cpu.vector.Raw.load;
import static gsdm.tensor.cpu.vector.Raw.put;
import static gsdm.tensor.cpu.vector.Raw.store;

import gsdm.tensor.program.Op;

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

    private static FloatVector factor(long factors, int which, int channels, int c) {
        return load(factors + 4L * (which * channels + c));
    }

    private static float factorOf(long factors, int which, int channels, int c) {
        return get(factors + 4L * (which * channels + c));
    }

    /** The sums of d and of d·n of each channel: to [2, C]. */
    static void sums(long x, long d, int count, int channels, long factors, long to) {
        int whole = Lanes.whole(channels);
        long stride = Raw.stride(4 * channels);
        for (int c = 0; c < whole; c += Lanes.COUNT) {
            FloatVector mean = factor(factors, MEAN, channels, c);
            long second = to + 4L * (channels + c);
            column(base(x + 4L * c), base(d + 4L * c), count, stride, mean, to + 4L * c, second);
            store(load(second).mul(factor(factors, DEVIATION, channels, c)), second);
        }
        for (int c = whole; c < channels; c++) {
            float mean = factorOf(factors, MEAN, channels, c);
            float sum = 0;
            float slope = 0;
            for (int n = 0; n < count; n++) {
                long o = 4L * ((long) n * channels + c);
                sum += get(d + o);
                slope = Math.fma(get(d + o), get(x + o) - mean, slope);
            }
            put(to + 4L * c, sum);
            put(to + 4L * (channels + c), slope * factorOf(factors, DEVIATION, channels, c));
        }
    }

    private static void column(
            long x, long d, int count, long stride, FloatVector mean, long first, long second) {
        FloatVector sum = FloatVector.zero(SPECIES);
        FloatVector slope = sum;
        for (int n = 0; n < count; n++) {
            long o = index(n) * stride;
            FloatVector one = load(d + o);
            sum = sum.add(one);
            slope = load(x + o).sub(mean).fma(one, slope);
        }
        store(sum, first);
        store(slope, second);
    }

    /** The same where SiLU follows the norm: d is dOut times its slope, and is kept. */
    static void sumsThroughSilu(
            long x, long dOut, int count, int channels, long factors, long beta, long to, long d) {
        int whole = Lanes.whole(channels);
        long stride = Raw.stride(4 * channels);
        for (int c = 0; c < whole; c += Lanes.COUNT) {
            siluColumn(
                    base(x + 4L * c),
                    base(dOut + 4L * c),
                    count,
                    stride,
                    factor(factors, MEAN, channels, c),
                    factor(factors, SCALE, channels, c),
                    load(beta + 4L * c),
                    base(d + 4L * c));
        }
        for (int c = whole; c < channels; c++) {
            float mean = factorOf(factors, MEAN, channels, c);
            float scale = factorOf(factors, SCALE, channels, c);
            for (int n = 0; n < count; n++) {
                long o = 4L * ((long) n * channels + c);
                float y = Math.fma(get(x + o) - mean, scale, get(beta + 4L * c));
                put(d + o, get(dOut + o) * Activations.slope(Op.Function.SILU, y));
            }
        }
        sums(x, d, count, channels, factors, to);
    }

    private static void siluColumn(
            long x,
            long dOut,
            int count,
            long stride,
            FloatVector mean,
            FloatVector scale,
            FloatVector shift,
            long d) {
        for (int n = 0; n < count; n++) {
            long o = index(n) * stride;
            FloatVector y = load(x + o).sub(mean).fma(scale, shift);
            store(Activations.siluSlope(y).mul(load(dOut + o)), d + o);
        }
    }

    /** dX = scale·d − constant − n·slope + add; add may be 0, or the same memory as dX. */
    static void backward(long x, long d, int count, int channels, long factors, long add, long dX) {
        int whole = Lanes.whole(channels);
        long stride = Raw.stride(4 * channels);
        for (int c = 0; c < whole; c += Lanes.COUNT) {
            FloatVector slope =
                    factor(factors, SLOPE, channels, c)
                            .mul(factor(factors, DEVIATION, channels, c))
                            .neg();
            FloatVector mean = factor(factors, MEAN, channels, c);
            FloatVector scale = factor(factors, SCALE, channels, c);
            FloatVector constant = factor(factors, CONSTANT, channels, c);
            long xAt = base(x + 4L * c);
            long dAt = base(d + 4L * c);
            long to = base(dX + 4L * c);
            if (add == 0) {
                column(xAt, dAt, count, stride, mean, slope, scale, constant, to);
            } else {
                long addAt = base(add + 4L * c);
                addColumn(xAt, dAt, count, stride, mean, slope, scale, constant, addAt, to);
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

    private static void column(
            long x,
            long d,
            int count,
            long stride,
            FloatVector mean,
            FloatVector slope,
            FloatVector scale,
            FloatVector constant,
            long to) {
        for (int n = 0; n < count; n++) {
            long o = index(n) * stride;
            FloatVector rest = load(x + o).sub(mean).fma(slope, constant.neg());
            store(load(d + o).fma(scale, rest), to + o);
        }
    }

    private static void addColumn(
            long x,
            long d,
            int count,
            long stride,
            FloatVector mean,
            FloatVector slope,
            FloatVector scale,
            FloatVector constant,
            long add,
            long to) {
        for (int n = 0; n < count; n++) {
            long o = index(n) * stride;
            FloatVector rest = load(x + o).sub(mean).fma(slope, constant.neg());
            store(load(d + o).fma(scale, rest).add(load(add + o)), to + o);
        }
    }
}
