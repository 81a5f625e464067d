/**
 * Gibbs sampling of what a model leaves open, given what is observed and noised values of the rest
 * (Geman, Geman 1984; Gelfand, Smith 1990): from draws of the model it makes better targets for
 * training.
 */
package gsdm.graph.gibbs;
