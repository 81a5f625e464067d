/**
 * Experiments: rows of settings that are trained with the same seeds and for the same length, and
 * the table that compares them. Reads the file of an experiment ({@link gsdm.cli.sweep.SweepFile}),
 * keeps its runs in a folder ({@link gsdm.cli.sweep.SweepFolder}) and says what came of them
 * ({@link gsdm.cli.sweep.SweepReport}); the training is the command's. Imports {@code gsdm.graph},
 * {@code gsdm.nn}, {@code gsdm.tensor}, {@code gsdm.cli.config}, {@code gsdm.cli.error}, {@code
 * gsdm.cli.io}, {@code gsdm.cli.plot}, {@code gsdm.cli.run} and {@code gsdm.cli.session}. Start
 * reading at {@link gsdm.cli.sweep.Sweep}.
 */
package gsdm.cli.sweep;
