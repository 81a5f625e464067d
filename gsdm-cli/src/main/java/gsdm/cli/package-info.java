/**
 * The {@code gsdm} command: parses arguments, keeps run folders, shows progress, draws plots and
 * reports. The only package that talks to a terminal; the mathematics is elsewhere. Imports {@code
 * gsdm.cli.command} and {@code gsdm.cli.run}. Start reading at {@link gsdm.cli.Main}.
 */
package gsdm.cli;
