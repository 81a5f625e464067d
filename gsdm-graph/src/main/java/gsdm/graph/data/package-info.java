/**
 * Data sets that problems draw from. Start at {@link gsdm.graph.data.MnistImages}. Imports {@code
 * gsdm.graph.model} for {@link gsdm.graph.model.Source} only.
 */
package gsdm.graph.data;
