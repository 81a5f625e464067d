/**
 * Rows of tables given to nodes by an index: gathered, or added to activations. A gradient by a
 * table is, for each of its rows, the sum over the nodes that have it; by examples, the sum over
 * nodes. Imports {@code gsdm.tensor.cpu}, {@code gsdm.tensor.cpu.vector.blocks}, {@code
 * gsdm.tensor.cpu.vector.core} and {@code gsdm.tensor.program}. Start reading at {@link
 * gsdm.tensor.cpu.vector.rows.GatherKernel}.
 */
package gsdm.tensor.cpu.vector.rows;
