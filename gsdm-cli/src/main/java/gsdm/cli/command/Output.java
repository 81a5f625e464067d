package gsdm.cli.command;

import gsdm.cli.io.Json;
import gsdm.cli.progress.Progress;
import gsdm.cli.session.Narrator;

import picocli.CommandLine.Option;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The options that say how a command speaks, and the speaking. */
final class Output implements Narrator {

    private static final char PLUS_MINUS = '±'; // of scores; not every terminal has one

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // read by picocli
    private boolean help;

    @Option(names = "--json", description = "Print the result as JSON on the standard output.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print no progress and no notes, only the result, warnings and failures.")
    private boolean quiet;

    @Option(names = "--stacktrace", description = "Show where in the code a failure came from.")
    @SuppressWarnings("UnusedVariable") // looked for in the arguments, which may not parse
    private boolean stacktrace;

    private final Console console;

    Output(Console console) {
        this.console = console;
    }

    /** Prints the result: as JSON if that was asked for, else the lines. */
    void result(Object data, List<String> lines) {
        Charset charset = console.out().charset();
        if (json) {
            boolean unicode = charset.equals(StandardCharsets.UTF_8);
            console.out().println(unicode ? Json.text(data) : Json.ascii(data));
        } else {
            boolean known = charset.newEncoder().canEncode(PLUS_MINUS);
            lines.stream()
                    .map(line -> known ? line : line.replace(String.valueOf(PLUS_MINUS), "+-"))
                    .forEach(console.out()::println);
        }
    }

    @Override
    public void note(String line) {
        if (!quiet) {
            console.say(line);
        }
    }

    @Override
    public void warn(String line) {
        console.say("warning: " + line);
    }

    @Override
    public Progress progress(Progress.Task task) {
        return Progress.of(console.err(), Progress.Mode.detect(quiet), task);
    }

    /** Lines of "name value", the names in one column. */
    static List<String> aligned(Map<String, ?> rows) {
        int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        return rows.entrySet().stream()
                .map(row -> ("%-" + (width + 2) + "s%s").formatted(row.getKey(), row.getValue()))
                .toList();
    }
}
