package gsdm.graph.inference;

import gsdm.graph.model.AncestralSampler;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.ObservationSampler;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.train.Batch;
import gsdm.nn.train.BatchSource;
import gsdm.tensor.random.RandomStream;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Fresh examples for every step: ancestral samples of the model, and what is observed of each. A
 * function of the seed and the step; allocates nothing.
 */
final class ModelBatches implements BatchSource {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final AncestralSampler sampler;
    private final ObservationSampler observations;
    private final ValueCodec codec;
    private final long valueKey;
    private final long observationKey;
    private final float[] values; // [N]
    private final float[] observed; // [N]

    ModelBatches(
            GraphicalModel model, Conditioning conditioning, VariableLayout layout, long seed) {
        this.sampler = model.sampler();
        this.observations = conditioning.sampler(model);
        this.codec = new ValueCodec(layout);
        long key = RandomStream.seed(seed);
        this.valueKey = RandomStream.fork(key, Keys.VALUES);
        this.observationKey = RandomStream.fork(key, Keys.OBSERVATIONS);
        this.values = new float[codec.nodes()];
        this.observed = new float[codec.nodes()];
    }

    @Override
    public void fill(long step, Batch batch) {
        long stepValues = RandomStream.fork(valueKey, step);
        long stepObservations = RandomStream.fork(observationKey, step);
        for (int b = 0; b < batch.examples(); b++) {
            sampler.draw(RandomStream.fork(stepValues, b), values);
            codec.encode(values, 0, batch.values(), b);
            observations.draw(RandomStream.fork(stepObservations, b), observed, 0);
            MemorySegment.copy(
                    observed,
                    0,
                    batch.observed(),
                    FLOAT,
                    4L * b * observed.length,
                    observed.length);
        }
    }
}
