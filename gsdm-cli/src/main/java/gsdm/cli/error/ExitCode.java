package gsdm.cli.error;

/** How a command ended, as its process says it. */
public enum ExitCode {
    /** All went well. */
    OK(0),
    /**
     * Something failed that is neither of the others: a full disk, a bug, a test past its
     * tolerance.
     */
    FAILURE(1),
    /** The command line makes no sense. */
    USAGE(2),
    /** A configuration, a file or a run folder that cannot be used. */
    BAD_INPUT(3),
    /** Training or sampling became infinite or not a number. */
    DIVERGED(4),
    /** Stopped by Ctrl-C, after saving. */
    INTERRUPTED(130);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    /** The number that the process exits with. */
    public int code() {
        return code;
    }
}
