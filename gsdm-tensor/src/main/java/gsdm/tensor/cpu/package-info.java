/**
 * What the CPU backends share: ops bound to memory as {@link gsdm.tensor.cpu.Kernel}s, split into
 * blocks that depend on shapes alone, run by a {@link gsdm.tensor.cpu.WorkerPool}. Imports {@code
 * gsdm.tensor.program} and {@code gsdm.tensor.backend}. Start reading at {@link
 * gsdm.tensor.cpu.Kernel}.
 */
package gsdm.tensor.cpu;
