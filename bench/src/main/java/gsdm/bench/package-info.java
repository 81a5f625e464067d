/**
 * JMH benchmarks: a class for each family of kernels, and whole training steps. May import
 * everything but {@code gsdm.cli}. Start reading at {@link gsdm.bench.OpBenchmark}.
 */
package gsdm.bench;
