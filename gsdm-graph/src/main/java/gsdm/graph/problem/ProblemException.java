package gsdm.graph.problem;

/** Settings that no problem can be built from; the message says which, and what would do. */
public final class ProblemException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public ProblemException(String message) {
        super(message);
    }
}
