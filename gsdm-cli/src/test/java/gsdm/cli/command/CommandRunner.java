package gsdm.cli.command;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Runs command lines in this process. */
final class CommandRunner {

    private CommandRunner() {}

    /** What a command line gave. */
    record Result(int code, String out, String err) {
        List<String> errorLines() {
            return err.lines().toList();
        }
    }

    static Result run(Object... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console =
                new Console(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
        String[] args = Stream.of(arguments).map(String::valueOf).toArray(String[]::new);
        int code = Commands.run(console, args);
        return new Result(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
