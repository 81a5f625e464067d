/**
 * Problems: small programs in the modelling language with settings, a conditioning and a metric.
 * Start at {@link gsdm.graph.problem.Problem} and {@link gsdm.graph.problem.MatrixFactorization}.
 * Imports {@code gsdm.graph.model}, {@code gsdm.graph.data} and {@code gsdm.tensor.random}; knows
 * nothing of networks.
 */
package gsdm.graph.problem;
