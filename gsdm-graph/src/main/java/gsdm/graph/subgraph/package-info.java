/**
 * Subgraphs of a model to train on in its place, where all of it is too much for a step. Start at
 * {@link gsdm.graph.subgraph.SubgraphSampler}. Imports {@code gsdm.graph.model}, {@code
 * gsdm.tensor.random} and {@code gsdm.tensor.sparse}.
 */
package gsdm.graph.subgraph;
