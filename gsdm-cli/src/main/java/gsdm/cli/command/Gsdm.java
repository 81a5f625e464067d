package gsdm.cli.command;

import gsdm.cli.run.Version;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command that holds all others. */
@Command(
        name = "gsdm",
        header = "Graphically structured diffusion models: train, sample, evaluate.",
        mixinStandardHelpOptions = true,
        versionProvider = Gsdm.VersionLine.class,
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "A first run, about five minutes on two cores:",
            "  gsdm train matrix-factorization --preset quick --run runs/first",
            "  gsdm eval runs/first",
            "  gsdm sample runs/first --observe E=matrices.csv --out samples",
            "",
            "'gsdm COMMAND --help' explains a command by example."
        },
        subcommands = {
            ProblemsCommand.class,
            GraphCommand.class,
            TrainCommand.class,
            ResumeCommand.class,
            SweepCommand.class,
            SampleCommand.class,
            EvalCommand.class,
            SelftestCommand.class,
            BenchCommand.class,
            ReproduceCommand.class,
            DevicesCommand.class,
            CompletionCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Gsdm implements Runnable {

    @Spec private CommandSpec spec;

    /** Says the version. */
    static final class VersionLine implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {Version.line()};
        }
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
