package gsdm.nn.network;

import gsdm.tensor.random.RandomStream;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** How a parameter starts. */
sealed interface Initialisation {
    /** One everywhere. */
    Initialisation ONE = new Constant(1);

    /** Zero everywhere. */
    Initialisation ZERO = new Constant(0);

    /** Standard normal. */
    Initialisation NORMAL = new Normal();

    /** The same number everywhere. */
    record Constant(float value) implements Initialisation {}

    /** Uniform in ±1/√(inputs), as weight and bias of a linear layer are in PyTorch. */
    record Uniform(int inputs) implements Initialisation {}

    /** Standard normal. */
    record Normal() implements Initialisation {}

    /** Fills a whole tensor of floats. */
    default void fill(MemorySegment to, long key) {
        long size = to.byteSize() / Float.BYTES;
        switch (this) {
            case Constant(float value) -> {
                for (long i = 0; i < size; i++) {
                    to.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
                }
            }
            case Uniform(int inputs) -> {
                float bound = (float) (1 / Math.sqrt(inputs));
                RandomStream.fillUniform(key, 0, to, 0, size);
                for (long i = 0; i < size; i++) {
                    float uniform = to.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    to.setAtIndex(ValueLayout.JAVA_FLOAT, i, bound * (2 * uniform - 1));
                }
            }
            case Normal() -> RandomStream.fillNormal(key, 0, to, 0, size);
        }
    }
}
