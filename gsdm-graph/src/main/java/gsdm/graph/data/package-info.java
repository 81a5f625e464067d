/**
 * Data sets that problems draw from. Start at {@link gsdm.graph.data.MnistImages}. Imports {@code
 * gsdm.tensor.io}, {@code gsdm.tensor.random} and, for {@link gsdm.graph.model.Source} only, {@code
 * gsdm.graph.model}.
 */
package gsdm.graph.data;
