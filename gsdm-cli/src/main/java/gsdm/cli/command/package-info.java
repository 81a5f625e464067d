/**
 * The commands of {@code gsdm}, one class each, and the options they share. A command reads its
 * arguments, calls the libraries, and shows what they return; it computes nothing itself. May
 * import all of {@code gsdm}. Start reading at {@link gsdm.cli.command.Gsdm} and {@code
 * TrainCommand}.
 */
package gsdm.cli.command;
