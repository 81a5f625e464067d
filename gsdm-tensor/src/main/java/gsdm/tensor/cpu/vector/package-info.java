/**
 * Kernels with the Vector API: the only package that imports {@code jdk.incubator.vector}. {@link
 * gsdm.tensor.cpu.vector.VectorKernels} says which kernel computes which op; each kernel family is
 * one file over absolute addresses, its inner loops static methods through {@code Raw}, the one
 * class that owns a segment over all of memory. Everything but the provider, the probe of {@link
 * gsdm.tensor.cpu.vector.MachinePeaks} and the factory is package-private, because nothing below
 * the factory checks bounds. Imports {@code gsdm.tensor.backend}, {@code gsdm.tensor.cpu} and
 * {@code gsdm.tensor.program}.
 *
 * <p>Three rules keep kernels fast; each was measured to matter by half or more. An inner loop
 * takes its addresses from {@code Raw.base} and its counter from {@code Raw.index}, so that bounds
 * checks compile away. A method holds few vector accesses: past some 8,000 bytecodes of inlined
 * code the compiler boxes vectors. And nothing with rounding of its own ({@code reduceLanes},
 * {@code lanewise(EXP)}) is used: results are the same bits interpreted and compiled.
 */
package gsdm.tensor.cpu.vector;
