package gsdm.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures speed. */
@Command(
        name = "bench",
        header = "Measure the speed of steps and kernels.",
        subcommands = {BenchStepCommand.class, BenchKernelsCommand.class},
        footer = {"", "Examples:", "  gsdm bench step", "  gsdm bench kernels --threads 1"})
final class BenchCommand implements Runnable {

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
