/**
 * What a person sees while something runs: a bar on a terminal, plain lines elsewhere, and the way
 * Ctrl-C asks to stop. Writes to the stream it is given, which is the standard error. Imports
 * nothing of gsdm. Start reading at {@link gsdm.cli.progress.Progress}.
 */
package gsdm.cli.progress;
