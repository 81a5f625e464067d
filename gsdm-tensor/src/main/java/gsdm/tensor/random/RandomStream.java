package gsdm.tensor.random;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * Counter-based random numbers: every draw is a pure function of a key and an index.
 *
 * <p>There is no state and nothing is allocated, so draws can be made in any order, by any thread,
 * for any subset of indices. A key names what the numbers are for; build it by forking, coarse to
 * fine, and let the index be the position <em>in the full model</em>, never in a buffer:
 *
 * <pre>{@code
 * long run = RandomStream.seed(seed);
 * long noise = RandomStream.fork(run, NOISE);                          // stream
 * long key = fork(fork(fork(noise, step), example), array);
 * float value = RandomStream.normal(key, indexInArray);
 * }</pre>
 *
 * <p>Each kind of draw (bits, uniform, normal, ...) reads its own domain of the counter, so
 * different kinds under one key are independent too. An index is any long, taken as unsigned.
 * Results are bit-identical on every machine, interpreted or compiled: the only operations used are
 * integer arithmetic and the double additions, products, divisions and square roots that IEEE 754
 * rounds exactly. Bulk fills give the same numbers as single draws, at half the cost.
 *
 * <p>Keys are 64 bits: among n distinct chains of forks, two coincide with probability about n² /
 * 2⁶⁵.
 */
public final class RandomStream {
    // Words 2 and 3 of the counter say what a block is for.
    private static final long BITS = 0;
    private static final long UNIFORM = 1;
    private static final long UNIFORM_DOUBLE = 2;
    private static final long NORMAL = 3;
    private static final long BELOW = 4;
    private static final long FORK = 5;
    private static final long SEED = 6;

    /** Any constant will do: seeds are separated by the counter. */
    private static final long ROOT = 0x243F6A8885A308D3L;

    /** Floats to a pass of a bulk fill, so that the second pass finds them in the first cache. */
    private static final int CHUNK = 1024;

    private RandomStream() {}

    /** Returns the key that a user's seed stands for; close seeds give unrelated keys. */
    public static long seed(long seed) {
        return Philox.half(ROOT, seed, SEED, 0);
    }

    /**
     * Derives a child key. Children of one key under different labels, and children of different
     * keys, are independent of each other and of the parent's own draws.
     */
    public static long fork(long key, long label) {
        return Philox.half(key, label, FORK, 0);
    }

    /** Returns 64 uniformly random bits. */
    public static long bits(long key, long index) {
        return Philox.half(key, index >>> 1, BITS, (int) index);
    }

    /** Returns a multiple of 2⁻²⁴, uniform in [0, 1). */
    public static float uniform(long key, long index) {
        long pair = Philox.half(key, index >>> 2, UNIFORM, (int) (index >>> 1));
        return uniformOf((int) ((index & 1) == 0 ? pair : pair >>> 32));
    }

    /** Returns a multiple of 2⁻⁵³, uniform in [0, 1). */
    public static double uniformDouble(long key, long index) {
        long bits = Philox.half(key, index >>> 1, UNIFORM_DOUBLE, (int) index);
        return (bits >>> 11) * 0x1p-53;
    }

    /**
     * Returns a draw from the standard normal distribution, between -6.77 and 6.77 (outside lies a
     * probability of 1.3e-11).
     */
    public static float normal(long key, long index) {
        long pair = Philox.half(key, index >>> 2, NORMAL, (int) (index >>> 1));
        double radius = BoxMuller.radius((int) pair);
        int turn = (int) (pair >>> 32);
        double value = (index & 1) == 0 ? BoxMuller.cosOfTurn(turn) : BoxMuller.sinOfTurn(turn);
        return (float) (radius * value);
    }

    /**
     * Returns an integer in [0, bound). Each value's probability is within 2⁻⁶⁴ of 1/bound: no
     * experiment can see the difference, so nothing is rejected and one index is one draw.
     *
     * @throws IllegalArgumentException if {@code bound} is not positive
     */
    public static int below(long key, long index, int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound must be positive, found " + bound);
        }
        long bits = Philox.half(key, index >>> 1, BELOW, (int) index);
        return (int) Math.unsignedMultiplyHigh(bits, bound);
    }

    /**
     * Writes {@code normal(key, firstIndex + i)} for i in [0, count).
     *
     * @param key the key
     * @param firstIndex the index of the first number
     * @param floats where to write, float-aligned
     * @param byteOffset where the first number goes, in bytes
     * @param count how many numbers
     * @throws IndexOutOfBoundsException if the numbers do not fit
     */
    public static void fillNormal(
            long key, long firstIndex, MemorySegment floats, long byteOffset, long count) {
        Objects.checkFromIndexSize(byteOffset, 4 * count, floats.byteSize());
        long head = Math.min(count, -firstIndex & 3);
        for (long i = 0; i < head; i++) {
            setFloat(floats, byteOffset + 4 * i, normal(key, firstIndex + i));
        }
        long bulk = head + (count - head & -4);
        for (long i = head; i < bulk; i += CHUNK) {
            int size = (int) Math.min(CHUNK, bulk - i);
            long at = byteOffset + 4 * i;
            Philox.fill(key, (firstIndex + i) >>> 2, NORMAL, floats, at, size / 4);
            normalsInPlace(floats, at, size);
        }
        for (long i = bulk; i < count; i++) {
            setFloat(floats, byteOffset + 4 * i, normal(key, firstIndex + i));
        }
    }

    /**
     * Writes {@code uniform(key, firstIndex + i)} for i in [0, count).
     *
     * @param key the key
     * @param firstIndex the index of the first number
     * @param floats where to write, float-aligned
     * @param byteOffset where the first number goes, in bytes
     * @param count how many numbers
     * @throws IndexOutOfBoundsException if the numbers do not fit
     */
    public static void fillUniform(
            long key, long firstIndex, MemorySegment floats, long byteOffset, long count) {
        Objects.checkFromIndexSize(byteOffset, 4 * count, floats.byteSize());
        long head = Math.min(count, -firstIndex & 3);
        for (long i = 0; i < head; i++) {
            setFloat(floats, byteOffset + 4 * i, uniform(key, firstIndex + i));
        }
        long bulk = head + (count - head & -4);
        for (long i = head; i < bulk; i += CHUNK) {
            int size = (int) Math.min(CHUNK, bulk - i);
            long at = byteOffset + 4 * i;
            Philox.fill(key, (firstIndex + i) >>> 2, UNIFORM, floats, at, size / 4);
            for (long word = at; word < at + 4L * size; word += 4) {
                setFloat(floats, word, uniformOf(floats.get(ValueLayout.JAVA_INT, word)));
            }
        }
        for (long i = bulk; i < count; i++) {
            setFloat(floats, byteOffset + 4 * i, uniform(key, firstIndex + i));
        }
    }

    /** Turns pairs of random words into pairs of normals. */
    private static void normalsInPlace(MemorySegment words, long at, int count) {
        for (long pair = at; pair < at + 4L * count; pair += 8) {
            double radius = BoxMuller.radius(words.get(ValueLayout.JAVA_INT, pair));
            int turn = words.get(ValueLayout.JAVA_INT, pair + 4);
            setFloat(words, pair, (float) (radius * BoxMuller.cosOfTurn(turn)));
            setFloat(words, pair + 4, (float) (radius * BoxMuller.sinOfTurn(turn)));
        }
    }

    private static void setFloat(MemorySegment floats, long byteOffset, float value) {
        floats.set(ValueLayout.JAVA_FLOAT, byteOffset, value);
    }

    private static float uniformOf(int word) {
        return (word >>> 8) * 0x1p-24f;
    }
}
