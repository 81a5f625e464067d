package gsdm.graph.model;

/** A model that cannot be built as written; the message says what was found and what to change. */
public final class ModelException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public ModelException(String message) {
        super(message);
    }
}
