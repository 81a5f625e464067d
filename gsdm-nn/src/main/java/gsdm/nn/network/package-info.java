/**
 * The denoiser: its shape, its parameters and their initial values, the block it reads, and the ops
 * it is. May import {@code gsdm.nn.layout}, {@code gsdm.nn.diffusion} and {@code gsdm.tensor}.
 * Start reading at {@link gsdm.nn.network.Denoiser}.
 */
package gsdm.nn.network;
