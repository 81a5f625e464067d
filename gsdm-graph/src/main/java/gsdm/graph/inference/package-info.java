/**
 * The public facade: train a denoiser for a graphical model, save it, load it, and sample
 * posteriors. A complete program stands in docs/example. Start Java with {@code --add-modules
 * jdk.incubator.vector --enable-native-access=ALL-UNNAMED}.
 *
 * <p>Imports {@code gsdm.graph.gibbs}, {@code gsdm.graph.model}, {@code gsdm.graph.problem}, {@code
 * gsdm.graph.subgraph}, {@code gsdm.nn} and {@code gsdm.tensor}. Start reading at {@link
 * gsdm.graph.inference.Training} and {@link gsdm.graph.inference.Posterior}.
 */
package gsdm.graph.inference;
