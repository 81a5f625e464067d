package gsdm.tensor.program;

import java.util.Locale;

/** Checks of op operands when a program is written. */
final class Shapes {
    private Shapes() {}

    static void require(boolean holds, String message, Object... arguments) {
        if (!holds) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, message, arguments));
        }
    }

    /** Fails unless the shape has these axes. */
    static void requireShape(Slot slot, Dim... dims) {
        require(
                slot.shape().equals(Shape.of(dims)),
                "%s: expected the shape %s",
                slot,
                Shape.of(dims));
    }
}
