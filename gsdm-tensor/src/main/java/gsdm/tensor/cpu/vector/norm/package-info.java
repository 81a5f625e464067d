/**
 * Group norm, alone and as one op with the linear layer that reads it. Forward is {@code
 * GroupStatistics}, backward {@code GroupGradient}: steps that the kernels of the norm and of the
 * norm with a layer share.
 *
 * <p>Gradients, with n the normalised x and d the gradient by gamma·n + beta: dX = (gamma·d − mean
 * − n·slope) / deviation + add, dGamma the sum of d·n, dBeta that of d; n is computed again from x
 * and the kept statistics. Imports {@code gsdm.tensor.cpu}, {@code gsdm.tensor.cpu.vector.blocks},
 * {@code gsdm.tensor.cpu.vector.core}, {@code gsdm.tensor.cpu.vector.matmul} and {@code
 * gsdm.tensor.program}. Start reading at {@link gsdm.tensor.cpu.vector.norm.GroupNormKernel}.
 */
package gsdm.tensor.cpu.vector.norm;
