package gsdm.cli.plot;

import gsdm.cli.error.CommandException;
import gsdm.cli.error.ExitCode;

import java.io.IOException;

/**
 * Drawing where it may not be possible. AWT fails in many ways on a machine that lacks fonts or
 * libraries, among them a bare {@link Error}; here they are all one.
 */
public final class Pictures {

    private Pictures() {}

    /** Draws pictures and writes them. */
    @FunctionalInterface
    public interface Drawing {
        /** Draws. */
        void draw() throws IOException;
    }

    /**
     * Draws.
     *
     * @param what is drawn, for the error
     * @throws IOException if a picture cannot be written
     * @throws CommandException (failure) with the reason if this machine cannot draw it
     */
    public static void draw(String what, Drawing drawing) throws IOException {
        try {
            drawing.draw();
        } catch (RuntimeException | Error e) {
            throw new CommandException(
                    ExitCode.FAILURE,
                    "%s cannot be drawn on this machine: %s; are fontconfig and a font installed?"
                            .formatted(what, reason(e)),
                    e);
        }
    }

    /** What came first: what a class says that could not be initialised tells nothing. */
    private static Throwable reason(Throwable thrown) {
        Throwable first = thrown;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        return first;
    }
}
