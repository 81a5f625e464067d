/**
 * The core under all vector kernels, and all that touches raw memory: {@link
 * gsdm.tensor.cpu.vector.core.Raw} owns the one segment over all of it, {@link
 * gsdm.tensor.cpu.vector.core.Lanes} the shape of vectors. Beside them are the functions and loops
 * that several families share, and the loops of one family that are too heavy for the short names
 * of {@code Raw}. Nothing here checks bounds. Imports nothing of this project. Start reading at
 * {@link gsdm.tensor.cpu.vector.core.Raw}.
 */
package gsdm.tensor.cpu.vector.core;
