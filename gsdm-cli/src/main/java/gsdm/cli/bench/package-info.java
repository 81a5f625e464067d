/**
 * Times single kernels through a backend, as {@code gsdm bench kernels} shows them, and the part
 * that all kernels have in a step. May import {@code gsdm.tensor}, {@code gsdm.nn} and the settings
 * of {@code gsdm.graph.inference}. Start reading at {@link gsdm.cli.bench.KernelBench}.
 */
package gsdm.cli.bench;
