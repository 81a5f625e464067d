/**
 * What the machine can do at best, measured with the vectors that kernels use. Imports {@code
 * gsdm.tensor.cpu.vector.core}. Start reading at {@link gsdm.tensor.cpu.vector.bench.MachinePeaks}.
 */
package gsdm.tensor.cpu.vector.bench;
