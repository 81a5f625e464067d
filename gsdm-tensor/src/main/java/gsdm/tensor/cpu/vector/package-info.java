/**
 * Kernels with the Vector API: only this package and those in it import {@code
 * jdk.incubator.vector}. {@link gsdm.tensor.cpu.vector.VectorKernels} says which kernel computes
 * which op; each family of kernels is a package over absolute addresses, its inner loops static
 * methods that reach memory through {@code core}. Nothing below the factory checks bounds, so no
 * other package uses the families. Imports {@code gsdm.tensor.backend}, {@code gsdm.tensor.cpu},
 * {@code gsdm.tensor.program}, {@code gsdm.tensor.cpu.scalar} and {@code gsdm.tensor.cpu.vector}.
 *
 * <p>Three rules keep kernels fast; each was measured to matter by half or more. An inner loop
 * takes its addresses from {@code Raw.base} and its counter from {@code Raw.index}, so that bounds
 * checks compile away. A method holds few vector accesses: past some 8,000 bytecodes of inlined
 * code the compiler boxes vectors. And nothing with rounding of its own ({@code reduceLanes},
 * {@code lanewise(EXP)}) is used: results are the same bits interpreted and compiled.
 */
package gsdm.tensor.cpu.vector;
