/**
 * Diffusion as numbers: how much noise a value carries at each time step, what is predicted of it,
 * one step back in time, and the labels of random streams. Imports nothing of this project. Start
 * reading at {@link gsdm.nn.diffusion.Diffusion}.
 */
package gsdm.nn.diffusion;
