package gsdm.graph.model;

/** What values the nodes of an array take. */
public sealed interface ValueKind {

    /** A real number. */
    record Continuous() implements ValueKind {}

    /** One of {@code options} categories, held as 0, 1, ..., {@code options - 1}. */
    record Discrete(int options) implements ValueKind {
        public Discrete {
            if (options < 2) {
                throw new ModelException(
                        "a discrete array needs at least 2 options, found " + options);
            }
        }

        /** Whether a number stands for a category. */
        public boolean has(float value) {
            return value >= 0 && value < options && value == (int) value;
        }
    }
}
