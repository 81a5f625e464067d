/**
 * How the command fails: exit codes, the one exception that carries one, and the mapping from any
 * exception to a code and a line. Imports {@code gsdm.graph}, {@code gsdm.nn} and {@code
 * gsdm.tensor} for their exceptions. Start reading at {@link gsdm.cli.error.CommandException}.
 */
package gsdm.cli.error;
