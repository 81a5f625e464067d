/**
 * Training: batches, the noising of clean values, the two programs of a step, learning rates,
 * moving averages. May import {@code gsdm.nn}, {@code gsdm.nn.checkpoint} and {@code gsdm.tensor}.
 * Start reading at {@link gsdm.nn.train.Trainer}.
 */
package gsdm.nn.train;
