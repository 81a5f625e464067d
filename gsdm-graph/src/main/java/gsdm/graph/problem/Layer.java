package gsdm.graph.problem;

/** One layer of a {@link NetworkSpec}. */
public sealed interface Layer {

    /** Convolution without padding. */
    record Conv(int channels, int kernel, int stride, boolean bias, boolean relu)
            implements Layer {}

    /**
     * Maximum over blocks of {@code size} x {@code size}; what does not fill a block is dropped.
     */
    record MaxPool(int size) implements Layer {}

    /** ReLU of each value, after a layer that has none of its own. */
    record Relu() implements Layer {}

    /** Fully connected, over all channels and positions. */
    record Linear(int units, boolean bias, boolean relu) implements Layer {}
}
