/**
 * Between the commands and the libraries: a configuration bound to a problem and its settings
 * ({@link gsdm.cli.session.RunConfiguration}), and the training of a run in its folder ({@link
 * gsdm.cli.session.TrainingSession}). May import the libraries and {@code gsdm.cli.config, error,
 * io, plot, progress, run}. Start reading at {@link gsdm.cli.session.RunConfiguration}.
 */
package gsdm.cli.session;
