/**
 * Norms, alone and as one op with the linear layer that reads them. A kernel asks {@code
 * Normaliser} and {@code NormGradient} for the steps; group norm takes its statistics over all
 * nodes and has to come back to each, layer norm is done with a chunk while it is in cache. Rows
 * that a layer reads may be in no memory but computed by another kernel: {@code LayerRows}.
 *
 * <p>Gradients, with n the normalised x and d the gradient by gamma·n + beta: dX = (gamma·d − mean
 * − n·slope) / deviation + add, dGamma the sum of d·n, dBeta that of d; n is computed again.
 * Imports {@code gsdm.tensor.cpu}, {@code gsdm.tensor.cpu.vector.blocks}, {@code
 * gsdm.tensor.cpu.vector.core}, {@code gsdm.tensor.cpu.vector.matmul} and {@code
 * gsdm.tensor.program}. Start reading at {@link gsdm.tensor.cpu.vector.norm.NormKernel}.
 */
package gsdm.tensor.cpu.vector.norm;
