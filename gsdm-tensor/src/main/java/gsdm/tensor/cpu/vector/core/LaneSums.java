package gsdm.tensor.cpu.vector.core;

import static gsdm.tensor.cpu.vector.core.Lanes.SPECIES;
import static gsdm.tensor.cpu.vector.core.Raw.ALL;
import static gsdm.tensor.cpu.vector.core.Raw.ORDER;
import static gsdm.tensor.cpu.vector.core.Raw.load;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Sums over the lanes of as many vectors as there are lanes, all at once and in a fixed tree: lane
 * i of the result is the sum of vector i. Each sum costs a permutation, a blend or two and an
 * addition, where one vector at a time would cost log2(lanes) permutations and additions.
 */
public final class LaneSums {
    static final VectorShuffle<Float> SWAP1 = swap(1);
    static final VectorShuffle<Float> SWAP2 = swap(2);
    private static final VectorShuffle<Float> SWAP4 = swap(4);
    static final VectorMask<Float> ODD1 = odd(1);
    static final VectorMask<Float> ODD2 = odd(2);
    private static final VectorMask<Float> ODD4 = odd(4);

    static {
        if (Lanes.COUNT > 8) {
            throw new IllegalStateException(
                    "vectors of 2 to 8 floats expected; found " + Lanes.COUNT);
        }
    }

    private LaneSums() {}

    /** Each lane i takes the value of lane i XOR distance. */
    private static VectorShuffle<Float> swap(int distance) {
        return VectorShuffle.fromOp(SPECIES, i -> (i ^ distance) & (Lanes.COUNT - 1));
    }

    private static VectorMask<Float> odd(int distance) {
        boolean[] set = new boolean[Lanes.COUNT];
        for (int i = 0; i < set.length; i++) {
            set[i] = (i & distance) != 0;
        }
        return VectorMask.fromArray(SPECIES, set, 0);
    }

    /**
     * To {@code to}: lane i is the sum of the lanes of the i-th vector from {@code at} on, which is
     * worked in. Nothing is handed on in a vector, so callers need not have this compiled in them.
     */
    public static void sums(long at, long to) {
        long base = Raw.base(at);
        for (int i = 0; i < Lanes.COUNT / 2; i++) {
            long pair = base + 2L * Raw.index(i) * Lanes.BYTES;
            FloatVector a = fromMemorySegment(SPECIES, ALL, pair, ORDER);
            FloatVector b = fromMemorySegment(SPECIES, ALL, pair + Lanes.BYTES, ORDER);
            a.blend(b, ODD1)
                    .add(b.blend(a, ODD1).rearrange(SWAP1))
                    .intoMemorySegment(ALL, base + (long) Raw.index(i) * Lanes.BYTES, ORDER);
        }
        for (int i = 0; i < Lanes.COUNT / 4; i++) {
            long pair = base + 2L * Raw.index(i) * Lanes.BYTES;
            FloatVector a = fromMemorySegment(SPECIES, ALL, pair, ORDER);
            FloatVector b = fromMemorySegment(SPECIES, ALL, pair + Lanes.BYTES, ORDER);
            a.blend(b, ODD2)
                    .add(b.blend(a, ODD2).rearrange(SWAP2))
                    .intoMemorySegment(ALL, base + (long) Raw.index(i) * Lanes.BYTES, ORDER);
        }
        for (int i = 0; i < Lanes.COUNT / 8; i++) {
            long pair = base + 2L * Raw.index(i) * Lanes.BYTES;
            FloatVector a = fromMemorySegment(SPECIES, ALL, pair, ORDER);
            FloatVector b = fromMemorySegment(SPECIES, ALL, pair + Lanes.BYTES, ORDER);
            a.blend(b, ODD4)
                    .add(b.blend(a, ODD4).rearrange(SWAP4))
                    .intoMemorySegment(ALL, base + (long) Raw.index(i) * Lanes.BYTES, ORDER);
        }
        fromMemorySegment(SPECIES, ALL, base, ORDER).intoMemorySegment(ALL, to, ORDER);
    }

    /**
     * Sums whose first half is made: {@code a} and {@code b} have half of the lanes' vectors each,
     * in lanes that are half the lanes apart.
     */
    public static FloatVector sumsOfHalves(long a, long b) {
        FloatVector x = load(a);
        FloatVector y = load(b);
        return x.blend(y, ODD4).add(y.blend(x, ODD4).rearrange(SWAP4));
    }

    /** Every lane: the sum of the lanes that are {@code period} (a power of two) apart. */
    public static FloatVector addPeriods(FloatVector x, int period) {
        FloatVector sum = x;
        if (period <= 1 && Lanes.COUNT > 1) {
            sum = sum.add(sum.rearrange(SWAP1));
        }
        if (period <= 2 && Lanes.COUNT > 2) {
            sum = sum.add(sum.rearrange(SWAP2));
        }
        if (period <= 4 && Lanes.COUNT > 4) {
            sum = sum.add(sum.rearrange(SWAP4));
        }
        return sum;
    }

    /** Every lane: the largest of the lanes that are {@code period} (a power of two) apart. */
    public static FloatVector maxPeriods(FloatVector x, int period) {
        FloatVector max = x;
        if (period <= 1 && Lanes.COUNT > 1) {
            max = max.max(max.rearrange(SWAP1));
        }
        if (period <= 2 && Lanes.COUNT > 2) {
            max = max.max(max.rearrange(SWAP2));
        }
        if (period <= 4 && Lanes.COUNT > 4) {
            max = max.max(max.rearrange(SWAP4));
        }
        return max;
    }
}
