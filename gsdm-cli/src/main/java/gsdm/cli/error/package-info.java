/**
 * How the command fails: exit codes, the one exception that carries one, and the mapping from any
 * exception to a code and a line. May import the libraries' exceptions. Start reading at {@link
 * gsdm.cli.error.CommandException}.
 */
package gsdm.cli.error;
