/**
 * The core under all vector kernels, and all that touches raw memory: {@link
 * gsdm.tensor.cpu.vector.core.Raw} owns the one segment over all of it, {@link
 * gsdm.tensor.cpu.vector.core.Lanes} the shape of vectors, and beside them are the functions and
 * loops that several families share. Nothing here checks bounds. Imports nothing of this project.
 * Start reading at {@link gsdm.tensor.cpu.vector.core.Raw}.
 */
package gsdm.tensor.cpu.vector.core;
