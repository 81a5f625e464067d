package gsdm.cli;

import gsdm.cli.command.Commands;
import gsdm.cli.command.Console;
import gsdm.cli.run.Version;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.Locale;

/** The {@code gsdm} command. */
public final class Main {

    private Main() {}

    /** Runs the command line and exits with its code. */
    public static void main(String[] args) {
        System.setProperty("java.awt.headless", "true");
        Locale.setDefault(Locale.ROOT); // what is written is the same wherever it is written
        Console console =
                new Console(
                        new FileOutputStream(FileDescriptor.out), System.out.charset(), System.err);
        System.exit(run(console, args));
    }

    private static int run(Console console, String... args) {
        if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
            console.out().println(Version.line()); // without the time it takes to load the rest
            return console.end(0);
        }
        return Commands.run(console, args);
    }
}
