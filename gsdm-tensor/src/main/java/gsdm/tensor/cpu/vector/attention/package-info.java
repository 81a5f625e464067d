/**
 * Attention over the neighbours that a pattern lists. {@code SymmetricAttentionKernel} serves
 * sparse symmetric patterns with heads in fours of one or two vectors, over the edges of many nodes
 * at a time; {@code AttentionKernel} serves all else, a chunk of one node's neighbours at a time.
 *
 * <p>Gradients keep nothing by edge: probabilities are computed again from the kept log-sum-exp, p
 * = exp(score − logSumExp), and with s = Σ dOut·out of the node that asks the gradient of a score
 * is p·(dOut·value − s). Each node gathers its share, by its query over those it attends to, by its
 * key and value over those that attend to it; nothing is scattered. Imports {@code
 * gsdm.tensor.cpu}, {@code gsdm.tensor.cpu.vector.blocks}, {@code gsdm.tensor.cpu.vector.core} and
 * {@code gsdm.tensor.program}. Start reading at {@link
 * gsdm.tensor.cpu.vector.attention.AttentionKernel}.
 */
package gsdm.tensor.cpu.vector.attention;
