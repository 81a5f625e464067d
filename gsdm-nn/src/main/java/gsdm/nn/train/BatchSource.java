package gsdm.nn.train;

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
}
