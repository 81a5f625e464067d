/**
 * The denoiser and what describes it: the layout of a model's variables ({@link
 * gsdm.nn.VariableLayout}, filled by whoever knows the model), the network's configuration, its
 * parameters and its noise schedule. May import {@code gsdm.tensor}; knows nothing of plates or
 * problems. Start reading at {@link gsdm.nn.Denoiser}.
 */
package gsdm.nn;
