package gsdm.cli.command;

import java.io.PrintStream;

/**
 * Where a command writes.
 *
 * @param out data
 * @param err everything else: progress, warnings, failures
 */
public record Console(PrintStream out, PrintStream err) {}
