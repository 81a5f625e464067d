package gsdm.tensor.io;

import java.io.IOException;
import java.nio.file.Path;

/** A file is not what was expected: not safetensors, damaged, or without what was asked for. */
public final class SafetensorsException extends IOException {
    private static final long serialVersionUID = 1;

    private static final int LONGEST = 400;

    private final String reason;

    /** Names the file and what is wrong with it, in one line. */
    public SafetensorsException(Path file, String reason) {
        super(file + ": " + oneLine(reason));
        this.reason = oneLine(reason);
    }

    /** What is wrong, without the file's name. */
    public String reason() {
        return reason;
    }

    /** A reason may quote a hostile file: names of any length, with anything in them. */
    private static String oneLine(String reason) {
        String head = reason.length() <= LONGEST ? reason : reason.substring(0, LONGEST) + "...";
        return head.replaceAll("\\p{Cntrl}", "?");
    }
}
