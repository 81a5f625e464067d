/**
 * The modelling language. A generative program over plates ({@link gsdm.graph.model.ModelBuilder})
 * is traced once into a {@link gsdm.graph.model.GraphicalModel}, never over values; counts, edges,
 * ancestral values and the layout of nodes follow from it by index arithmetic, for any sizes of the
 * plates and any indices kept of them.
 *
 * <p>Start at {@link gsdm.graph.model.GraphicalModel}; then {@code Edges} (how edges are found) and
 * {@code Planner}, {@code Compiler}, {@code CompiledExpr} (how values are drawn), {@code Unrolled}
 * (how definitions are written out), {@link gsdm.graph.model.Folding} (what follows from what is
 * observed). Imports {@code gsdm.tensor.random} and {@code gsdm.tensor.sparse}.
 */
package gsdm.graph.model;
