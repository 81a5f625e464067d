package gsdm.nn.train;

import java.lang.foreign.MemorySegment;

/**
 * What a {@link BatchSource} fills for one step; reused from step to step, off the Java heap. For a
 * layout of N nodes and X values the memory's first [B, N] and [B, X] floats are filled.
 *
 * @param part which examples of the step it is for
 * @param values [B, X] float: clean values in the model's own units; a discrete node is one-hot
 * @param observed [B, N] float: 1 where a node is observed, 0 where it is to be inferred
 */
public record Batch(BatchPart part, MemorySegment values, MemorySegment observed) {
    /** B, how many examples to fill. */
    public int examples() {
        return part.examples();
    }

    /** The number in the whole batch of this one's example {@code b}: what it is a function of. */
    public int number(int b) {
        return part.first() + b;
    }
}
