/**
 * How seconds and bytes of a training step grow with the graph: what was measured ({@link
 * gsdm.cli.scaling.ScalingPoint}), where it is kept ({@link gsdm.cli.scaling.ScalingFolder}) and
 * what it says ({@link gsdm.cli.scaling.ScalingReport}); the measuring is the command's. Imports
 * {@code gsdm.cli.error}, {@code gsdm.cli.io}, {@code gsdm.cli.plot} and {@code gsdm.cli.session}.
 * Start reading at {@link gsdm.cli.scaling.ScalingReport}.
 */
package gsdm.cli.scaling;
