/**
 * How vector kernels cut rows into blocks, put partial results together in a fixed order, borrow
 * buffers, and read rows of each other. Imports {@code gsdm.tensor.cpu}, {@code
 * gsdm.tensor.cpu.vector.core} and {@code gsdm.tensor.program}. Start reading at {@link
 * gsdm.tensor.cpu.vector.blocks.RowBlocks}.
 */
package gsdm.tensor.cpu.vector.blocks;
