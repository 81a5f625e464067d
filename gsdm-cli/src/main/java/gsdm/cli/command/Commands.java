package gsdm.cli.command;

import gsdm.cli.error.CommandException;
import gsdm.cli.error.ExitCode;
import gsdm.cli.error.Failure;
import gsdm.graph.problem.Names;

import picocli.CommandLine;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * Puts the commands together and runs a command line, turning every failure into a line and a code.
 */
public final class Commands {

    private static final String STACKTRACE = "--stacktrace";
    private static final int HELP_WIDTH = 100;

    private Commands() {}

    /**
     * Runs a command line.
     *
     * @return what the process exits with
     */
    public static int run(Console console, String... args) {
        boolean stacktrace = Arrays.asList(args).contains(STACKTRACE);
        try {
            FileNames.requireReadable(System.getProperty("user.dir"), args);
            return console.end(create(console, stacktrace).execute(args));
        } catch (CommandException | Error e) {
            return fail(console, e, stacktrace);
        }
    }

    static CommandLine create(Console console, boolean stacktrace) {
        return new CommandLine(Gsdm.class, new ConsoleFactory(console))
                .setOut(writer(console.out()))
                .setErr(writer(console.err()))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(HELP_WIDTH)
                .setParameterExceptionHandler((e, _) -> misused(console, e))
                .setExecutionExceptionHandler((e, _, _) -> fail(console, e, stacktrace));
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, stream.charset()), true);
    }

    private static int misused(Console console, CommandLine.ParameterException e) {
        String name = e.getCommandLine().getCommandSpec().qualifiedName();
        console.say(
                "gsdm: "
                        + unknownCommand(e).orElse(e.getMessage()).strip()
                        + "; see "
                        + name
                        + " --help");
        return ExitCode.USAGE.code();
    }

    private static Optional<String> unknownCommand(CommandLine.ParameterException e) {
        Set<String> commands = e.getCommandLine().getSubcommands().keySet();
        if (commands.isEmpty()
                || !(e instanceof CommandLine.UnmatchedArgumentException unmatched)
                || unmatched.isUnknownOption()) {
            return Optional.empty();
        }
        String found = unmatched.getUnmatched().getFirst();
        return Optional.of(
                "unknown command '%s': did you mean '%s'?"
                        .formatted(found, Names.nearest(found, commands).orElseThrow()));
    }

    private static int fail(Console console, Throwable thrown, boolean stacktrace) {
        Failure failure = Failure.of(thrown);
        console.err().println("gsdm: " + failure.line());
        if (stacktrace) {
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace, true));
            trace.toString().lines().forEach(console::say);
        }
        return failure.exitCode().code();
    }

    /** Makes commands, handing the console to those whose constructor takes it. */
    private record ConsoleFactory(Console console) implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            try {
                Constructor<K> constructor = type.getDeclaredConstructor(Console.class);
                return constructor.newInstance(console);
            } catch (NoSuchMethodException e) {
                return CommandLine.defaultFactory().create(type);
            }
        }
    }
}
