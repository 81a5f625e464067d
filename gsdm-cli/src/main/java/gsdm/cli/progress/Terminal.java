package gsdm.cli.progress;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/** What the standard error is. */
final class Terminal {

    private static final int STANDARD_ERROR = 2;

    private Terminal() {}

    /**
     * Whether the standard error is a terminal. {@link java.io.Console#isTerminal} is about the
     * standard input and output, which may be redirected while progress is still seen.
     */
    @SuppressWarnings("restricted") // the launcher and the manifest allow native access
    static boolean isStandardErrorTerminal() {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("isatty")
                .map(symbol ->
                        linker.downcallHandle(
                                symbol,
                                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)))
                .map(isatty -> {
                    try {
                        return (int) isatty.invokeExact(STANDARD_ERROR) == 1;
                    } catch (Throwable e) {
                        throw new IllegalStateException("isatty failed", e);
                    }
                })
                .orElse(false);
    }
}
