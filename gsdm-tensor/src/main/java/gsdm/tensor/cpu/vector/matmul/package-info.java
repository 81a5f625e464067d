/**
 * Matrix products and the gradients of a linear layer. Products read A in place and B packed; the
 * gradient of a weight and its bias is a contraction over many rows, cut into panels. The gradient
 * by x is a product again, with the weight as it is. Imports {@code gsdm.tensor.cpu}, {@code
 * gsdm.tensor.cpu.vector.blocks}, {@code gsdm.tensor.cpu.vector.core} and {@code
 * gsdm.tensor.program}. Start reading at {@link gsdm.tensor.cpu.vector.matmul.MatMulKernel}.
 */
package gsdm.tensor.cpu.vector.matmul;
