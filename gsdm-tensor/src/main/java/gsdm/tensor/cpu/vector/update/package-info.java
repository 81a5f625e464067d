/**
 * What a step does to whole blocks: the norm of the gradients, Adam, Muon and the moving average.
 * Never differentiated; a refused step writes nothing. Imports {@code gsdm.tensor.cpu}, {@code
 * gsdm.tensor.cpu.vector.blocks}, {@code gsdm.tensor.cpu.vector.core} and {@code
 * gsdm.tensor.program}. Start reading at {@link gsdm.tensor.cpu.vector.update.AdamKernel}.
 */
package gsdm.tensor.cpu.vector.update;
