/**
 * Tensors over off-heap memory, the operations on them, programs of operations and the backends
 * that run programs. Imports nothing of gsdm beside its own sub-packages: it does not know what a
 * network or a graphical model is.
 */
package gsdm.tensor;
