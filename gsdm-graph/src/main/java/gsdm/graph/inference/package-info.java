/**
 * The public facade: train a denoiser for a graphical model, save it, load it, and sample <<<<<<<
 * HEAD posteriors. A complete program stands in docs/example. Start Java with {@code --add-modules
 * jdk.incubator.vector --enable-native-access=ALL-UNNAMED}.
 *
 * <p>Imports {@code gsdm.graph.model}, {@code gsdm.graph.problem} and {@code gsdm.nn}. Start
 * reading at {@link gsdm.graph.inference.Training} and {@link gsdm.graph.inference.Posterior}.
 * ======= posteriors. Imports {@code gsdm.graph.model}, {@code gsdm.graph.problem}, {@code gsdm.nn}
 * and {@code gsdm.tensor}. Start reading at {@link gsdm.graph.inference.Training} and {@link
 * gsdm.graph.inference.Posterior}. >>>>>>> Hold package-info to its imports and links to their
 * targets, write constants once, drop dead code
 */
package gsdm.graph.inference;
