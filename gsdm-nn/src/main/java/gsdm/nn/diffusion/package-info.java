/**
 * Diffusion: how much noise a value carries at each time step, what is predicted of it and how the
 * clean value is had of that, what is minimised, one step back in time, and the labels of random
 * streams. May import {@code gsdm.nn.layout}, {@code gsdm.nn.network} and {@code gsdm.tensor}.
 * Start reading at {@link gsdm.nn.diffusion.Parameterisation}.
 */
package gsdm.nn.diffusion;
