/**
 * Where values of nodes become channels and channels values, by kinds of nodes. Gradients by
 * weights and biases are sums over the nodes of a kind, in runs of rows that are then added in
 * order. Imports {@code gsdm.tensor.cpu}, {@code gsdm.tensor.cpu.vector.blocks}, {@code
 * gsdm.tensor.cpu.vector.core} and {@code gsdm.tensor.program}. Start reading at {@link
 * gsdm.tensor.cpu.vector.values.EmbedValuesKernel}.
 */
package gsdm.tensor.cpu.vector.values;
