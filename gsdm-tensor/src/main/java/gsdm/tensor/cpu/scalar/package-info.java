/**
 * The reference backend: every op as plain loops over bounds-checked views of memory, sums in
 * double precision, results stored as floats. Other backends are tested against it, so it is
 * written to be read, a family of ops per file, forward beside backward. Imports {@code
 * gsdm.tensor.program}, {@code gsdm.tensor.backend}, {@code gsdm.tensor.cpu} and {@code
 * gsdm.tensor.random}. Start reading at {@link gsdm.tensor.cpu.scalar.ScalarKernels}.
 */
package gsdm.tensor.cpu.scalar;
