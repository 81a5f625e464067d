package gsdm.tensor.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The vector shape all kernels use. Touched only after the provider's probe has passed. */
final class Lanes {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** Floats in a vector: a power of two. */
    static final int COUNT = SPECIES.length();

    /** Bytes of a vector. */
    static final int BYTES = COUNT * Float.BYTES;

    private Lanes() {}

    /** The largest multiple of the lane count that is at most {@code count}. */
    static int whole(int count) {
        return count & -COUNT;
    }
}
