package gsdm.cli.command;

import gsdm.cli.error.ExitCode;
import gsdm.cli.error.TerminalText;
import gsdm.tensor.io.IoReason;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/** Where a command writes. A print stream swallows its errors; here the result's are kept. */
public final class Console {

    private final Result result;
    private final PrintStream out;
    private final PrintStream err;

    /**
     * A console.
     *
     * @param out the data
     * @param charset of the data
     * @param err everything else: progress, warnings, failures
     */
    public Console(OutputStream out, Charset charset, PrintStream err) {
        this.result = new Result(out);
        this.out = new PrintStream(result, true, charset);
        this.err = err;
    }

    /** A console over streams that say nothing of their errors. */
    public Console(PrintStream out, PrintStream err) {
        this(out, out.charset(), err);
    }

    /** Data. */
    public PrintStream out() {
        return out;
    }

    /** Everything else, as it is: progress. */
    public PrintStream err() {
        return err;
    }

    /** Says a line beside the data. */
    void say(String line) {
        err.println(TerminalText.line(line));
    }

    /**
     * Ends a command: a result that could not be written is a failure, unless its reader left early
     * as {@code head} does.
     *
     * @param code what the command would exit with
     * @return what the process exits with
     */
    public int end(int code) {
        out.flush();
        IOException failure = result.failure;
        if (failure == null || String.valueOf(failure.getMessage()).contains("Broken pipe")) {
            return code;
        }
        say("gsdm: the standard output cannot be written: " + IoReason.of(failure));
        return code == ExitCode.OK.code() ? ExitCode.FAILURE.code() : code;
    }

    /** Hands on what is written until that fails, and remembers why. */
    private static final class Result extends FilterOutputStream {
        private IOException failure;

        Result(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            try {
                out.write(bytes, from, count);
            } catch (IOException e) {
                failure = failure == null ? e : failure;
                throw e;
            }
        }
    }
}
