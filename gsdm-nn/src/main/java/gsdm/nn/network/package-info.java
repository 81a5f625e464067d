/**
 * Networks: what they are ({@link gsdm.nn.network.Network}), their parameters and initial values,
 * the block they read, and two of them, {@link gsdm.nn.network.Denoiser} and {@link
 * gsdm.nn.network.Regressor}, that share a trunk. May import {@code gsdm.nn.layout} and {@code
 * gsdm.tensor}; does not know what is predicted. Start reading at {@link gsdm.nn.network.Network}.
 */
package gsdm.nn.network;
