/**
 * Sparse graphs over off-heap integers: which node attends to which, and which values share a row
 * of an embedding.
 *
 * <p>Imports nothing but the JDK. Start reading at {@link gsdm.tensor.sparse.SparsePattern}.
 */
package gsdm.tensor.sparse;
