package gsdm.graph.model;

import gsdm.tensor.random.RandomStream;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

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

    /**
     * Tells this source from others, also in another process: by default a checksum of the values
     * at the first indices for a few keys. Override it where that could miss what differs.
     *
     * @param size elements of the array of the whole model
     */
    default String fingerprint(long size) {
        CRC32C checksum = new CRC32C();
        ByteBuffer value = ByteBuffer.allocate(Float.BYTES);
        for (int key = 0; key < 4; key++) {
            for (long index = 0; index < Math.min(size, 1024); index++) {
                checksum.update(value.putFloat(0, value(RandomStream.seed(key), index)).rewind());
            }
        }
        return Long.toHexString(checksum.getValue());
    }
}
