package gsdm.graph.model;

/** What values the nodes of an array take. */
public sealed interface ValueKind {

    /** Whether a number is such a value. */
    boolean has(float value);

    /** A real number. */
    record Continuous() implements ValueKind {
        @Override
        public boolean has(float value) {
            return Float.isFinite(value);
        }
    }

    /** One of {@code options} categories, held as 0, 1, ..., {@code options - 1}. */
    record Discrete(int options) implements ValueKind {
        public Discrete {
            if (options < 2) {
                throw new ModelException(
                        "a discrete array needs at least 2 options, found " + options);
            }
        }

        @Override
        public boolean has(float value) {
            return value >= 0 && value < options && value == (int) value;
        }
    }
}
