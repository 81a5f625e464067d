/**
 * Arrays in files: observations from CSV and NPY, samples to NPY, and files that are written whole
 * or not at all. May import {@code gsdm.cli.error} and {@code gsdm.tensor.io}. Start reading at
 * {@link gsdm.cli.io.ObservationFile}.
 */
package gsdm.cli.io;
