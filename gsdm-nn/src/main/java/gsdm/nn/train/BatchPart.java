package gsdm.nn.train;

/**
 * Which examples of a step's batch one trainer takes.
 *
 * @param first the number of the first of them in the whole batch
 * @param examples B, how many
 * @param total how many the whole batch has
 */
public record BatchPart(int first, int examples, int total) {
    public BatchPart {
        if (first < 0 || examples < 1 || examples > total - first) {
            throw new IllegalArgumentException(
                    "a part of a batch of %d has an example or more of them; found %d from %d on"
                            .formatted(total, examples, first));
        }
    }

    /** All of a batch. */
    public static BatchPart whole(int examples) {
        if (examples < 1) {
            throw new IllegalArgumentException("batch must be 1 or more; found " + examples);
        }
        return new BatchPart(0, examples, examples);
    }
}
