package gsdm.graph.inference;

import gsdm.graph.model.GraphicalModel;

/**
 * Posterior samples.
 *
 * @param model whose nodes they are
 * @param cases how many cases were observed
 * @param perCase S, samples of each case
 * @param values [cases, S, N] in node order; observed nodes as observed, categories as 0, 1, ...
 */
public record Samples(GraphicalModel model, int cases, int perCase, float[] values) {
    /** One array of every sample: [cases, S, nodes of the array]. */
    public float[] array(String name) {
        int nodes = model.count(name);
        float[] all = new float[Math.multiplyExact(cases * perCase, nodes)];
        for (int i = 0; i < cases * perCase; i++) {
            System.arraycopy(
                    values, i * model.nodeCount() + model.offset(name), all, i * nodes, nodes);
        }
        return all;
    }

    /**
     * All nodes of one sample, [N].
     *
     * @param number 0 to S − 1
     */
    public float[] sample(int ofCase, int number) {
        if (ofCase < 0 || ofCase >= cases || number < 0 || number >= perCase) {
            throw new IndexOutOfBoundsException(
                    "there are samples 0 to %d of cases 0 to %d; found sample %d of case %d"
                            .formatted(perCase - 1, cases - 1, number, ofCase));
        }
        float[] one = new float[model.nodeCount()];
        System.arraycopy(values, (ofCase * perCase + number) * one.length, one, 0, one.length);
        return one;
    }

    /** The counts, and the first values of the first sample. */
    @Override
    public String toString() {
        return "Samples[cases=%d, perCase=%d, first: %s]"
                .formatted(cases, perCase, Brief.values(model, values));
    }
}
