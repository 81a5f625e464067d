package gsdm.nn.train;

import java.lang.foreign.MemorySegment;

/** Where training examples come from. */
@FunctionalInterface
public interface BatchSource {
    /**
     * Writes every entry of the batch. Must be a function of the step alone, so that a resumed run
     * sees what an unbroken one would have seen, and allocate nothing.
     *
     * @param step counted from 1
     */
    void fill(long step, Batch batch);

    /**
     * Writes every entry of better targets than the values drawn, where {@link
     * TrainingConfig#refined} asks for them: anything with the mean of the clean values given what
     * is observed and the noised ones. Must be a function of what is given and the step, and
     * allocate nothing.
     *
     * @param batch as it was filled last
     * @param noising how it is noised
     * @param targets [B, X]: by how much the target of a continuous value exceeds the value, in
     *     scaled units; of a discrete node probabilities. Of observed nodes anything finite
     */
    default void refine(Batch batch, Noising noising, MemorySegment targets) {
        throw new UnsupportedOperationException(this + " has no better targets than its values");
    }
}
