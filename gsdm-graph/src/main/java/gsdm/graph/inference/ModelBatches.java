package gsdm.graph.inference;

import gsdm.graph.model.AncestralSampler;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.Folding;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.ObservationSampler;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.train.Batch;
import gsdm.nn.train.BatchSource;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.random.RandomStream;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Fresh examples for every step: ancestral samples of the model, and what is observed of each,
 * drawn on the backend's threads. A function of the seed and the step; allocates nothing.
 */
final class ModelBatches implements BatchSource {
    private final Backend backend;
    private final ObservationSampler observations;
    private final ValueCodec codec;
    private final long valueKey;
    private final long observationKey;
    private final Part[] parts;
    private final IntConsumer fillPart = this::fillPart;
    private long stepValues;
    private long stepObservations;
    private Batch batch;

    /** What a thread draws with: values lie on the heap, where expressions read them fastest. */
    private record Part(AncestralSampler sampler, Optional<Folding> folding, float[] values) {}

    /**
     * Examples of a model.
     *
     * @param layout of the model
     * @param folding whether what follows from what is observed is observed as well
     * @param examples the most examples of a batch
     */
    ModelBatches(
            Backend backend,
            GraphicalModel model,
            Conditioning conditioning,
            VariableLayout layout,
            boolean folding,
            long seed,
            int examples) {
        this.backend = backend;
        this.observations = conditioning.sampler(model);
        this.codec = new ValueCodec(layout);
        long key = RandomStream.seed(seed);
        this.valueKey = RandomStream.fork(key, Keys.VALUES);
        this.observationKey = RandomStream.fork(key, Keys.OBSERVATIONS);
        this.parts = new Part[Math.min(examples, backend.threads())];
        Arrays.setAll(
                parts,
                _ ->
                        new Part(
                                model.sampler(),
                                folding ? Optional.of(model.folding()) : Optional.empty(),
                                new float[codec.nodes()]));
    }

    /** Those of a run. */
    static ModelBatches of(
            Backend backend, GraphicalModel model, VariableLayout layout, RunHeader header) {
        return new ModelBatches(
                backend,
                model,
                header.conditioning(),
                layout,
                header.settings().model().folding(),
                header.seed(),
                header.settings().training().batch());
    }

    @Override
    public void fill(long step, Batch toFill) {
        batch = toFill;
        begin(step);
        share(fillPart);
    }

    private void fillPart(int part) {
        int end = start(part + 1, batch);
        for (int b = start(part, batch); b < end; b++) {
            long first = (long) b * codec.nodes();
            float[] values = draw(part, batch.number(b), batch.observed(), first);
            codec.encode(values, batch.values(), b);
        }
    }

    /** From now on examples are those of that step. */
    void begin(long step) {
        stepValues = RandomStream.fork(valueKey, step);
        stepObservations = RandomStream.fork(observationKey, step);
    }

    /** Does each part of a batch on a thread of its own. */
    void share(IntConsumer doPart) {
        backend.share(parts.length, doPart);
    }

    /** How many parts of a batch are filled at a time. */
    int parts() {
        return parts.length;
    }

    /** How many nodes an example has. */
    int nodes() {
        return codec.nodes();
    }

    /** The first example of a part of a batch; of one past the last, their number. */
    int start(int part, Batch of) {
        return of.examples() * part / parts.length;
    }

    /**
     * Draws an example of the step that was begun.
     *
     * @param part that draws
     * @param observed receives what is observed of it, a float for each node from {@code first} on
     * @return [N] its values, until the part draws again
     */
    float[] draw(int part, int number, MemorySegment observed, long first) {
        Part by = parts[part];
        by.sampler.draw(RandomStream.fork(stepValues, number), by.values);
        observations.draw(RandomStream.fork(stepObservations, number), observed, first);
        if (by.folding.isPresent()) {
            by.folding.get().fold(by.values, observed, first);
        }
        return by.values;
    }
}
