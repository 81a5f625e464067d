package gsdm.cli;

import gsdm.cli.command.Commands;
import gsdm.cli.command.Console;
import gsdm.cli.run.Version;

/** The {@code gsdm} command. */
public final class Main {

    private Main() {}

    /** Runs the command line and exits with its code. */
    public static void main(String[] args) {
        if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
            System.out.println(Version.line()); // without the time it takes to load the rest
            return;
        }
        System.setProperty("java.awt.headless", "true");
        System.exit(Commands.run(new Console(System.out, System.err), args));
    }
}
