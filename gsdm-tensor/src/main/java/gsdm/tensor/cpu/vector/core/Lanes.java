package gsdm.tensor.cpu.vector.core;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector shape all kernels use. Touched only after the provider's probe has passed.
 *
 * <p>The machine's own, up to 256 bits: with 512, sums over lanes outgrow what the compiler keeps
 * in registers, and a training step of a Zen 4, which computes 512 bits in two halves anyway, took
 * 1.1 times as long. It also makes one x86 machine's results those of another, bit for bit.
 */
public final class Lanes {
    private static final int MOST_BITS = 256;

    public static final VectorSpecies<Float> SPECIES =
            FloatVector.SPECIES_PREFERRED.vectorBitSize() > MOST_BITS
                    ? FloatVector.SPECIES_256
                    : FloatVector.SPECIES_PREFERRED;

    /** Floats in a vector: a power of two. */
    public static final int COUNT = SPECIES.length();

    /** Bytes of a vector. */
    public static final int BYTES = COUNT * Float.BYTES;

    /** Bits of a vector. */
    public static final int BITS = BYTES * Byte.SIZE;

    private Lanes() {}

    /** The largest multiple of the lane count that is at most {@code count}. */
    public static int whole(int count) {
        return count & -COUNT;
    }
}
