/**
 * Sampling: from noise to posterior samples, given observed values. May import {@code gsdm.nn} and
 * {@code gsdm.tensor}. Start reading at {@link gsdm.nn.sample.Sampler}.
 */
package gsdm.nn.sample;
