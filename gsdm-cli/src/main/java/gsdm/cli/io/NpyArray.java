package gsdm.cli.io;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * An array as a file holds it.
 *
 * @param shape the sizes of its axes; empty for a single number
 * @param values the values, the last axis running fastest
 */
@SuppressWarnings("ArrayRecordComponent") // a plain carrier; nobody compares two of them
public record NpyArray(int[] shape, float[] values) {

    /** Checks that the shape holds the values. */
    public NpyArray {
        if (size(shape) != values.length) {
            throw new IllegalArgumentException(
                    "expected "
                            + size(shape)
                            + " values for shape "
                            + Arrays.toString(shape)
                            + ", found "
                            + values.length);
        }
    }

    /** The number of values in a shape. */
    static long size(int... shape) {
        return IntStream.of(shape).asLongStream().reduce(1, Math::multiplyExact);
    }
}
