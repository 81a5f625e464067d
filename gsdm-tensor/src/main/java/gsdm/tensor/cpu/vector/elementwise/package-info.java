/**
 * Activations, sums and copies: what treats each element alike. Gradients are dX = dOut · slope(x)
 * + add, from the kept x; dOut and dX may be the same memory. Imports {@code gsdm.tensor.cpu},
 * {@code gsdm.tensor.cpu.vector.blocks}, {@code gsdm.tensor.cpu.vector.core} and {@code
 * gsdm.tensor.program}. Start reading at {@link
 * gsdm.tensor.cpu.vector.elementwise.ActivationKernels}.
 */
package gsdm.tensor.cpu.vector.elementwise;
