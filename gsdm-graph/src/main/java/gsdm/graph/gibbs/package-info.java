/**
 * Gibbs sampling of what a model leaves open, given what is observed and noised values of the rest
 * (Geman, Geman 1984; Gelfand, Smith 1990): from draws of the model it makes better targets for
 * training, and it takes samples of a network nearer to the posterior. Start at {@link
 * gsdm.graph.gibbs.Chain}. Imports {@code gsdm.graph.model}, {@code gsdm.nn.layout}, {@code
 * gsdm.tensor.program} and {@code gsdm.tensor.random}.
 */
package gsdm.graph.gibbs;
