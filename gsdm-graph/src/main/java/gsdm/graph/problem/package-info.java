/**
 * Problems: small programs in the modelling language with settings, a conditioning and a metric.
 * Start at {@link gsdm.graph.problem.Problem} and {@link gsdm.graph.problem.MatrixFactorization};
 * {@link gsdm.graph.problem.Scoring} scores them. Imports {@code gsdm.graph.model} and {@code
 * gsdm.graph.data}; knows nothing of networks.
 */
package gsdm.graph.problem;
