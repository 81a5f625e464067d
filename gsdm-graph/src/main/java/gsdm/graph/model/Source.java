package gsdm.graph.model;

/** Values from outside the model, such as images. Safe to read from several threads. */
public interface Source {

    /**
     * The value of one element, a pure function of its arguments: elements that belong together
     * (pixels of one image) choose what they belong to by hashing {@code key}.
     *
     * @param key random key of this array in this example
     * @param index row-major position in the array of the whole model
     */
    float value(long key, long index);

    /**
     * Called when the shape of the array is known.
     *
     * @throws ModelException if this source cannot fill an array of that shape
     */
    default void check(int[] shape) {}
}
