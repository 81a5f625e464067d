package gsdm.nn.train;

import java.lang.foreign.MemorySegment;

/**
 * What a {@link BatchSource} fills for one step; reused from step to step, off the Java heap.
 *
 * @param examples B
 * @param values [B, X] float: clean values in the model's own units; a discrete node is one-hot
 * @param observed [B, N] float: 1 where a node is observed, 0 where it is to be inferred
 */
public record Batch(int examples, MemorySegment values, MemorySegment observed) {}
