package gsdm.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Repeats what the papers show. */
@Command(
        name = "reproduce",
        header = "Repeat experiments of the papers on this machine.",
        description = {
            "Repeat experiments of the papers on this machine. Each goes on where it was stopped"
                    + " and ends",
            "in a table, a plot and a page."
        },
        subcommands = {ReproduceFigure2Command.class, ReproduceScalingCommand.class},
        footer = {
            "",
            "Examples:",
            "  gsdm reproduce figure2 --size small",
            "  gsdm reproduce scaling --memory 24G"
        })
final class ReproduceCommand implements Runnable {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // read by picocli
    private boolean help;

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
