/**
 * JMH benchmarks of kernels, attention and whole training steps. May import everything but {@code
 * gsdm.cli}.
 */
package gsdm.bench;
