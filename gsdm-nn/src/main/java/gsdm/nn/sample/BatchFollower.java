package gsdm.nn.sample;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Supplier;

/**
 * Follows a batch of samples from step to step: to show how far it is, or to keep it, so that
 * another process can go on with it.
 */
public interface BatchFollower {
    /** Looks at nothing. */
    BatchFollower NONE = new BatchFollower() {};

    /**
     * A batch that is being drawn.
     *
     * @param first the number of its first sample
     * @param count how many samples it has
     * @param steps network evaluations in all
     * @param state gives all that the next step goes on with, up to date and to be written where a
     *     batch is put back: [count, X] float each, always as many
     */
    record Batch(long first, int count, int steps, Supplier<List<MemorySegment>> state) {}

    /**
     * The batch is about to begin.
     *
     * @return the steps that it has behind it: 0, or as many as it had when the state was kept that
     *     has been written into it
     */
    default int begin(Batch batch) {
        return 0;
    }

    /**
     * A step has been taken.
     *
     * @param done steps that the batch has behind it now
     */
    default void stepped(Batch batch, int done) {}
}
