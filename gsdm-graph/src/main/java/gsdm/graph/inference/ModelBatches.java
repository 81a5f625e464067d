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

    @Override
    public void fill(long step, Batch toFill) {
        stepValues = RandomStream.fork(valueKey, step);
        stepObservations = RandomStream.fork(observationKey, step);
        batch = toFill;
        backend.share(parts.length, fillPart);
    }

    private void fillPart(int part) {
        AncestralSampler sampler = parts[part].sampler;
        Optional<Folding> folding = parts[part].folding;
        float[] values = parts[part].values;
        int examples = batch.examples();
        int end = examples * (part + 1) / parts.length;
        for (int b = examples * part / parts.length; b < end; b++) {
            int number = batch.number(b);
            sampler.draw(RandomStream.fork(stepValues, number), values);
            long first = (long) b * codec.nodes();
            observations.draw(RandomStream.fork(stepObservations, number), batch.observed(), first);
            if (folding.isPresent()) {
                folding.get().fold(values, batch.observed(), first);
            }
            codec.encode(values, batch.values(), b);
        }
    }
}
