package gsdm.cli.progress;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** What the standard error is. */
final class Terminal {

    private static final int STANDARD_ERROR = 2;
    private static final int USUAL_COLUMNS = 80;

    private Terminal() {}

    /**
     * Whether the standard error is a terminal. {@link java.io.Console#isTerminal} is about the
     * standard input and output, which may be redirected while progress is still seen.
     */
    static boolean isStandardErrorTerminal() {
        return function("isatty", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                .map(isatty -> {
                    try {
                        return (int) isatty.invokeExact(STANDARD_ERROR) == 1;
                    } catch (Throwable e) {
                        throw new IllegalStateException("isatty failed", e);
                    }
                })
                .orElse(false);
    }

    /**
     * How many columns the terminal has now: what the variable COLUMNS says, else what the terminal
     * does, else the usual 80.
     */
    static int columns() {
        int told = columns(System.getenv().getOrDefault("COLUMNS", ""));
        int found = told > 0 ? told : askTerminal();
        return found > 0 ? found : USUAL_COLUMNS;
    }

    /** The number that the variable holds; 0 for none. */
    static int columns(String text) {
        return text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
    }

    private static int askTerminal() {
        boolean mac = System.getProperty("os.name").startsWith("Mac");
        long getWindowSize = mac ? 0x40087468L : 0x5413L; // TIOCGWINSZ
        return function(
                        "ioctl",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.ADDRESS),
                        Linker.Option.firstVariadicArg(2))
                .map(ioctl -> {
                    try (Arena arena = Arena.ofConfined()) {
                        // rows, columns, and two sizes in pixels
                        MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
                        int failed = (int) ioctl.invokeExact(STANDARD_ERROR, getWindowSize, size);
                        return failed == 0
                                ? Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 1))
                                : 0;
                    } catch (Throwable e) {
                        throw new IllegalStateException("ioctl failed", e);
                    }
                })
                .orElse(0);
    }

    @SuppressWarnings("restricted") // the launcher and the manifest allow native access
    private static Optional<MethodHandle> function(
            String name, FunctionDescriptor signature, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find(name)
                .map(symbol -> linker.downcallHandle(symbol, signature, options));
    }
}
