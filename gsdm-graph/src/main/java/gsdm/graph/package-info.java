/**
 * Graphical models: the language they are written in, their graphs, the problems that ship with
 * gsdm, and training and inference of a model. May import {@code gsdm.nn} and {@code gsdm.tensor};
 * knows nothing of kernels or terminals.
 */
package gsdm.graph;
