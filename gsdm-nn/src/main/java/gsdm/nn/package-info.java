/**
 * The denoiser and what trains and samples it: layers, noise schedules, samplers, losses, optimiser
 * and checkpoints. May import {@code gsdm.tensor}; knows nothing of plates or problems.
 */
package gsdm.nn;
