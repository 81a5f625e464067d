package gsdm.tensor.cpu.vector.core;

import static gsdm.tensor.cpu.vector.core.Lanes.COUNT;
import static gsdm.tensor.cpu.vector.core.Lanes.SPECIES;
import static gsdm.tensor.cpu.vector.core.Raw.ALL;
import static gsdm.tensor.cpu.vector.core.Raw.FLOAT;
import static gsdm.tensor.cpu.vector.core.Raw.ORDER;
import static gsdm.tensor.cpu.vector.core.Raw.base;
import static gsdm.tensor.cpu.vector.core.Raw.get;
import static gsdm.tensor.cpu.vector.core.Raw.index;
import static gsdm.tensor.cpu.vector.core.Raw.put;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;

/**
 * The loops of layer norm over at most {@link #MOST} rows [count, C]. A buffer keeps four numbers
 * of each row: its mean, 1 / its deviation, and what {@link #slopes} finds. Sums over a row take a
 * vector each and are then put together lane by lane, as many rows at once as there are lanes.
 */
public final class NormRows {
    /** The most rows of a call. */
    public static final int MOST = 128;

    private static final long MEANS = 0;
    private static final long SCALES = 4L * MOST;
    private static final long CONSTANTS = 8L * MOST;
    private static final long SLOPES = 12L * MOST;
    private static final long PARTIALS = 16L * MOST; // two for each lane

    /** Bytes of the buffer that callers lend. */
    public static final int BUFFER_BYTES = 16 * MOST + 2 * COUNT * Lanes.BYTES;

    private NormRows() {}

    /** The mean and 1/√(variance + epsilon) of each row: to the buffer. */
    public static void statistics(long x, int count, int channels, float epsilon, long buffer) {
        for (int first = 0; first < count; first += COUNT) {
            int rows = Math.min(COUNT, count - first);
            long at = x + 4L * first * channels;
            long means = buffer + MEANS + 4L * first;
            long scales = buffer + SCALES + 4L * first;
            sums(base(at), rows, channels, buffer + PARTIALS);
            LaneSums.sums(buffer + PARTIALS, means);
            for (int n = 0; n < rows && Lanes.whole(channels) < channels; n++) {
                put(means + 4L * n, get(means + 4L * n) + sumOfRest(at, n, channels));
            }
            divide(means, channels);
            squares(base(at), means, rows, channels, buffer + PARTIALS);
            LaneSums.sums(buffer + PARTIALS, scales);
            for (int n = 0; n < rows && Lanes.whole(channels) < channels; n++) {
                float rest = squaresOfRest(at, n, channels, get(means + 4L * n));
                put(scales + 4L * n, get(scales + 4L * n) + rest);
            }
            invert(scales, channels, epsilon);
        }
    }

    private static void sums(long x, int rows, int channels, long partials) {
        int whole = Lanes.whole(channels);
        long stride = Raw.stride(4 * channels);
        for (int n = 0; n < rows; n++) {
            long row = x + index(n) * stride;
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int c = 0; c < whole; c += COUNT) {
                sum = sum.add(fromMemorySegment(SPECIES, ALL, row + 4L * index(c), ORDER));
            }
            sum.intoMemorySegment(ALL, partials + (long) index(n) * Lanes.BYTES, ORDER);
        }
    }

    private static void squares(long x, long means, int rows, int channels, long partials) {
        int whole = Lanes.whole(channels);
        long stride = Raw.stride(4 * channels);
        for (int n = 0; n < rows; n++) {
            long row = x + index(n) * stride;
            FloatVector mean = FloatVector.broadcast(SPECIES, ALL.get(FLOAT, means + 4L * n));
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int c = 0; c < whole; c += COUNT) {
                FloatVector d =
                        fromMemorySegment(SPECIES, ALL, row + 4L * index(c), ORDER).sub(mean);
                sum = d.fma(d, sum);
            }
            sum.intoMemorySegment(ALL, partials + (long) index(n) * Lanes.BYTES, ORDER);
        }
    }

    private static float sumOfRest(long x, int row, int channels) {
        float sum = 0;
        for (int c = Lanes.whole(channels); c < channels; c++) {
            sum += get(x + 4L * (row * channels + c));
        }
        return sum;
    }

    private static float squaresOfRest(long x, int row, int channels, float mean) {
        float sum = 0;
        for (int c = Lanes.whole(channels); c < channels; c++) {
            float d = get(x + 4L * (row * channels + c)) - mean;
            sum = Math.fma(d, d, sum);
        }
        return sum;
    }

    private static void divide(long sums, int channels) {
        fromMemorySegment(SPECIES, ALL, sums, ORDER)
                .div(channels)
                .intoMemorySegment(ALL, sums, ORDER);
    }

    /** 1/√(s/channels + epsilon), in place. */
    private static void invert(long squares, int channels, float epsilon) {
        FloatVector deviation =
                fromMemorySegment(SPECIES, ALL, squares, ORDER).div(channels).add(epsilon).sqrt();
        FloatVector.broadcast(SPECIES, 1).div(deviation).intoMemorySegment(ALL, squares, ORDER);
    }

    /** out = gamma·n + beta, with n the x that the buffer's statistics normalise. */
    public static void normalise(
            long x, int count, int channels, long gamma, long beta, long buffer, long out) {
        int whole = Lanes.whole(channels);
        long stride = Raw.stride(4 * channels);
        for (int c = 0; c < whole; c += COUNT) {
            long o = 4L * c;
            normalise(base(x + o), count, stride, gamma + o, beta + o, buffer, base(out + o));
        }
        for (int c = whole; c < channels; c++) {
            for (int n = 0; n < count; n++) {
                long o = 4L * (n * channels + c);
                float normalised = normalised(x + o, buffer, n);
                put(out + o, Math.fma(normalised, get(gamma + 4L * c), get(beta + 4L * c)));
            }
        }
    }

    private static float normalised(long x, long buffer, int row) {
        return (get(x) - get(buffer + MEANS + 4L * row)) * get(buffer + SCALES + 4L * row);
    }

    private static void normalise(
            long x, int count, long stride, long gammaAt, long betaAt, long buffer, long out) {
        FloatVector gamma = fromMemorySegment(SPECIES, ALL, gammaAt, ORDER);
        FloatVector beta = fromMemorySegment(SPECIES, ALL, betaAt, ORDER);
        for (int n = 0; n < count; n++) {
            long o = index(n) * stride;
            long of = buffer + 4L * index(n);
            fromMemorySegment(SPECIES, ALL, x + o, ORDER)
                    .sub(FloatVector.broadcast(SPECIES, ALL.get(FLOAT, of + MEANS)))
                    .mul(FloatVector.broadcast(SPECIES, ALL.get(FLOAT, of + SCALES)))
                    .fma(gamma, beta)
                    .intoMemorySegment(ALL, out + o, ORDER);
        }
    }

    /**
     * The sums of d and of d·n of each channel: to [2, C].
     *
     * @param slopes [count, C], what d is multiplied by first, in place; or 0
     */
    public static void sums(
            long x, long d, long slopes, int count, int channels, long buffer, long to) {
        int whole = Lanes.whole(channels);
        long stride = Raw.stride(4 * channels);
        for (int c = 0; c < whole; c += COUNT) {
            long o = 4L * c;
            if (slopes != 0) {
                multiply(base(d + o), base(slopes + o), count, stride);
            }
            sums(base(x + o), base(d + o), count, stride, buffer, to + o, to + o + 4L * channels);
        }
        for (int c = whole; c < channels; c++) {
            float sum = 0;
            float slope = 0;
            for (int n = 0; n < count; n++) {
                long o = 4L * (n * channels + c);
                if (slopes != 0) {
                    put(d + o, get(d + o) * get(slopes + o));
                }
                sum += get(d + o);
                slope = Math.fma(get(d + o), normalised(x + o, buffer, n), slope);
            }
            put(to + 4L * c, sum);
            put(to + 4L * (channels + c), slope);
        }
    }

    private static void multiply(long d, long slopes, int count, long stride) {
        for (int n = 0; n < count; n++) {
            long o = index(n) * stride;
            fromMemorySegment(SPECIES, ALL, d + o, ORDER)
                    .mul(fromMemorySegment(SPECIES, ALL, slopes + o, ORDER))
                    .intoMemorySegment(ALL, d + o, ORDER);
        }
    }

    private static void sums(
            long x, long d, int count, long stride, long buffer, long sumAt, long slopeAt) {
        FloatVector sum = FloatVector.zero(SPECIES);
        FloatVector slope = sum;
        for (int n = 0; n < count; n++) {
            long o = index(n) * stride;
            long of = buffer + 4L * index(n);
            FloatVector one = fromMemorySegment(SPECIES, ALL, d + o, ORDER);
            sum = sum.add(one);
            slope =
                    fromMemorySegment(SPECIES, ALL, x + o, ORDER)
                            .sub(FloatVector.broadcast(SPECIES, ALL.get(FLOAT, of + MEANS)))
                            .mul(FloatVector.broadcast(SPECIES, ALL.get(FLOAT, of + SCALES)))
                            .fma(one, slope);
        }
        sum.intoMemorySegment(ALL, sumAt, ORDER);
        slope.intoMemorySegment(ALL, slopeAt, ORDER);
    }

    /** The negative means over each row of gamma·d and of gamma·d·n: to the buffer. */
    public static void slopes(long x, long d, int count, int channels, long gamma, long buffer) {
        int whole = Lanes.whole(channels);
        long second = buffer + PARTIALS + (long) COUNT * Lanes.BYTES;
        for (int first = 0; first < count; first += COUNT) {
            int rows = Math.min(COUNT, count - first);
            long offset = 4L * first * channels;
            long of = buffer + 4L * first;
            products(base(x + offset), base(d + offset), rows, channels, base(gamma), of, buffer);
            LaneSums.sums(buffer + PARTIALS, of + CONSTANTS);
            LaneSums.sums(second, of + SLOPES);
            for (int n = 0; n < rows && whole < channels; n++) {
                restOfProducts(x + offset, d + offset, n, channels, gamma, of);
            }
            divide(of + CONSTANTS, -channels);
            divide(of + SLOPES, -channels);
        }
    }

    private static void products(
            long x, long d, int rows, int channels, long gamma, long of, long buffer) {
        int whole = Lanes.whole(channels);
        long stride = Raw.stride(4 * channels);
        for (int n = 0; n < rows; n++) {
            long o = index(n) * stride;
            FloatVector mean = FloatVector.broadcast(SPECIES, ALL.get(FLOAT, of + MEANS + 4L * n));
            FloatVector scale =
                    FloatVector.broadcast(SPECIES, ALL.get(FLOAT, of + SCALES + 4L * n));
            FloatVector sum = FloatVector.zero(SPECIES);
            FloatVector slope = sum;
            for (int c = 0; c < whole; c += COUNT) {
                long at = o + 4L * index(c);
                FloatVector one =
                        fromMemorySegment(SPECIES, ALL, d + at, ORDER)
                                .mul(fromMemorySegment(SPECIES, ALL, gamma + 4L * index(c), ORDER));
                sum = sum.add(one);
                slope =
                        fromMemorySegment(SPECIES, ALL, x + at, ORDER)
                                .sub(mean)
                                .mul(scale)
                                .fma(one, slope);
            }
            long to = buffer + PARTIALS + (long) index(n) * Lanes.BYTES;
            sum.intoMemorySegment(ALL, to, ORDER);
            slope.intoMemorySegment(ALL, to + (long) COUNT * Lanes.BYTES, ORDER);
        }
    }

    private static void restOfProducts(long x, long d, int row, int channels, long gamma, long of) {
        long constantAt = of + CONSTANTS + 4L * row;
        long slopeAt = of + SLOPES + 4L * row;
        float constant = get(constantAt);
        float slope = get(slopeAt);
        for (int c = Lanes.whole(channels); c < channels; c++) {
            long o = 4L * (row * channels + c);
            float one = get(d + o) * get(gamma + 4L * c);
            constant += one;
            slope = Math.fma(one, normalised(x + o, of, row), slope);
        }
        put(constantAt, constant);
        put(slopeAt, slope);
    }

    /** dX = (gamma·d − mean − n·slope) / deviation + add; add may be 0, or the memory of dX. */
    public static void gradient(
            long x, long d, int count, int channels, long gamma, long buffer, long add, long dX) {
        int whole = Lanes.whole(channels);
        long stride = Raw.stride(4 * channels);
        for (int c = 0; c < whole; c += COUNT) {
            long o = 4L * c;
            long xAt = base(x + o);
            long to = base(dX + o);
            if (add == 0) {
                gradient(xAt, base(d + o), count, stride, gamma + o, buffer, to);
            } else {
                long addAt = base(add + o);
                addGradient(xAt, base(d + o), count, stride, gamma + o, buffer, addAt, to);
            }
        }
        for (int c = whole; c < channels; c++) {
            for (int n = 0; n < count; n++) {
                long o = 4L * (n * channels + c);
                long of = buffer + 4L * n;
                float normalised = normalised(x + o, buffer, n);
                float rest = Math.fma(normalised, get(of + SLOPES), get(of + CONSTANTS));
                float one = Math.fma(get(d + o), get(gamma + 4L * c), rest);
                float result = one * get(of + SCALES);
                put(dX + o, add == 0 ? result : result + get(add + o));
            }
        }
    }

    private static void gradient(
            long x, long d, int count, long stride, long gammaAt, long buffer, long dX) {
        FloatVector gamma = fromMemorySegment(SPECIES, ALL, gammaAt, ORDER);
        for (int n = 0; n < count; n++) {
            long o = index(n) * stride;
            long of = buffer + 4L * index(n);
            FloatVector scale = FloatVector.broadcast(SPECIES, ALL.get(FLOAT, of + SCALES));
            FloatVector rest =
                    fromMemorySegment(SPECIES, ALL, x + o, ORDER)
                            .sub(FloatVector.broadcast(SPECIES, ALL.get(FLOAT, of + MEANS)))
                            .mul(scale)
                            .fma(
                                    FloatVector.broadcast(SPECIES, ALL.get(FLOAT, of + SLOPES)),
                                    FloatVector.broadcast(SPECIES, ALL.get(FLOAT, of + CONSTANTS)));
            fromMemorySegment(SPECIES, ALL, d + o, ORDER)
                    .fma(gamma, rest)
                    .mul(scale)
                    .intoMemorySegment(ALL, dX + o, ORDER);
        }
    }

    private static void addGradient(
            long x, long d, int count, long stride, long gammaAt, long buffer, long add, long dX) {
        FloatVector gamma = fromMemorySegment(SPECIES, ALL, gammaAt, ORDER);
        for (int n = 0; n < count; n++) {
            long o = index(n) * stride;
            long of = buffer + 4L * index(n);
            FloatVector scale = FloatVector.broadcast(SPECIES, ALL.get(FLOAT, of + SCALES));
            FloatVector rest =
                    fromMemorySegment(SPECIES, ALL, x + o, ORDER)
                            .sub(FloatVector.broadcast(SPECIES, ALL.get(FLOAT, of + MEANS)))
                            .mul(scale)
                            .fma(
                                    FloatVector.broadcast(SPECIES, ALL.get(FLOAT, of + SLOPES)),
                                    FloatVector.broadcast(SPECIES, ALL.get(FLOAT, of + CONSTANTS)));
            fromMemorySegment(SPECIES, ALL, d + o, ORDER)
                    .fma(gamma, rest)
                    .fma(scale, fromMemorySegment(SPECIES, ALL, add + o, ORDER))
                    .intoMemorySegment(ALL, dX + o, ORDER);
        }
    }
}
