/**
 * Between the commands and the libraries: a configuration bound to a problem and its settings
 * ({@link gsdm.cli.session.RunConfiguration}), and the training of a run in its folder ({@link
 * gsdm.cli.session.TrainingSession}). Imports {@code gsdm.graph}, {@code gsdm.nn}, {@code
 * gsdm.tensor}, {@code gsdm.cli.config}, {@code gsdm.cli.error}, {@code gsdm.cli.io}, {@code
 * gsdm.cli.plot}, {@code gsdm.cli.progress} and {@code gsdm.cli.run}. Start reading at {@link
 * gsdm.cli.session.RunConfiguration}.
 */
package gsdm.cli.session;
