package gsdm.cli.command;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints what makes a shell complete commands and options. */
@Command(
        name = "completion",
        header = "Print a completion script for bash or zsh.",
        footer = {
            "",
            "Examples:",
            "  source <(gsdm completion)                 # this shell",
            "  gsdm completion > ~/.gsdm-completion      # then source it in ~/.bashrc or ~/.zshrc"
        })
final class CompletionCommand implements Runnable {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // read by picocli
    private boolean help;

    private final Console console;
    @Spec private CommandSpec spec;

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        console.out().print(AutoComplete.bash("gsdm", spec.root().commandLine()));
    }
}
