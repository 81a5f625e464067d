/**
 * JMH benchmarks: a class for each family of kernels, and whole training steps. Imports {@code
 * gsdm.graph}, {@code gsdm.nn} and {@code gsdm.tensor}. Start reading at {@link
 * gsdm.bench.OpBenchmark}.
 */
package gsdm.bench;
