package gsdm.nn;

import static gsdm.tensor.contract.CountingDevice.Way.FROM_DEVICE;
import static gsdm.tensor.contract.CountingDevice.Way.TO_DEVICE;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.layout.LayoutBudget;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.network.BoundLayout;
import gsdm.nn.network.Denoiser;
import gsdm.nn.network.WeightKind;
import gsdm.nn.network.Weights;
import gsdm.nn.sample.Query;
import gsdm.nn.sample.Sampler;
import gsdm.nn.sample.SamplerConfig;
import gsdm.nn.train.Batch;
import gsdm.nn.train.NoiseBand;
import gsdm.nn.train.StepResult;
import gsdm.nn.train.Trainer;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.contract.CountingDevice;
import gsdm.tensor.program.Block.Role;
import gsdm.tensor.program.StepState;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;

/** What moves to a device and back, to the byte: what changed, and what is asked for. */
class TransferTest {
    private static final VariableLayout LAYOUT = TestModels.mixed();
    private static final VariableLayout OTHER = TestModels.mixed();
    private static final Denoiser NETWORK = TestModels.denoiser(LAYOUT);
    private static final long PARAMETERS = 4 * NETWORK.parameters().count();
    private static final int BATCH = 5;
    private static final int ARRAYS = LAYOUT.arrays().size();
    private static final long STATE = 4L * StepState.SIZE;

    /** Values, flags, keys, times, levels, and what arrays and examples count in the loss. */
    private static final long INPUTS =
            4L * BATCH * (LAYOUT.values() + LAYOUT.nodes() + 2 + NETWORK.channels() + 2 + 2)
                    + 4L * ARRAYS;

    private static Trainer trainer(Backend device) {
        return Trainer.start(
                device,
                NETWORK,
                TestModels.diffusion(),
                LayoutBudget.of(LAYOUT),
                TestModels.training(7, BATCH, 1e-2));
    }

    private static Sampler sampler(
            Backend device, BoundLayout layout, Weights weights, SamplerConfig config) {
        return Sampler.open(device, TestModels.diffusion(), layout, weights, config, BATCH);
    }

    private static void sample(Sampler sampler) {
        float[] observed = new float[BATCH * LAYOUT.nodes()];
        float[] values = new float[BATCH * LAYOUT.values()];
        Query query =
                Query.of(LAYOUT, 0, MemorySegment.ofArray(observed), MemorySegment.ofArray(values));
        sampler.sample(5, 0, BATCH, query);
    }

    private static void fill(long step, Batch batch) {
        int count = BATCH * LAYOUT.values();
        RandomStream.fillNormal(step, 0, batch.values(), 0, count);
        batch.observed().fill((byte) 0);
    }

    @Test
    void aStepMovesItsInputsAndItsStateAndWhatItGaveIfAsked() {
        try (CountingDevice device = new CountingDevice(1);
                Trainer trainer = trainer(device)) {
            trainer.step(LAYOUT, TransferTest::fill);
            assertThat(device.moved(TO_DEVICE)).containsEntry(Role.LASTING, PARAMETERS);
            for (int step = 2; step < 5; step++) {
                device.forget();
                StepResult result = trainer.step(LAYOUT, TransferTest::fill);
                assertThat(device.moved(TO_DEVICE))
                        .isEqualTo(Map.of(Role.INPUT, INPUTS, Role.STATE, STATE));
                assertThat(device.moved(FROM_DEVICE)).isEqualTo(Map.of(Role.STATE, STATE));
                assertThat(result.loss()).isPositive();
                assertThat(result.arrayLoss(1)).isPositive();
                assertThat(result.bandLoss(NoiseBand.LOWEST)).isNotNegative();
                assertThat(device.moved(FROM_DEVICE))
                        .isEqualTo(
                                Map.of(Role.STATE, STATE, Role.RESULT, 4L * (1 + BATCH) * ARRAYS));
            }
        }
    }

    @Test
    void aLayoutMovesOnceForEachLayout() {
        try (CountingDevice device = new CountingDevice(1);
                Trainer trainer = trainer(device)) {
            trainer.step(LAYOUT, TransferTest::fill);
            long once = device.moved(TO_DEVICE).get(Role.LAYOUT);
            trainer.step(LAYOUT, TransferTest::fill);
            assertThat(device.moved(TO_DEVICE)).containsEntry(Role.LAYOUT, once);
            trainer.step(OTHER, TransferTest::fill);
            assertThat(device.moved(TO_DEVICE)).containsEntry(Role.LAYOUT, 2 * once);
            trainer.step(OTHER, TransferTest::fill);
            assertThat(device.moved(TO_DEVICE)).containsEntry(Role.LAYOUT, 2 * once);
            assertThat(device.moved(FROM_DEVICE)).doesNotContainKey(Role.LAYOUT);
        }
    }

    @Test
    void parametersMoveForCheckpointsAndCopies(@TempDir Path folder) {
        try (CountingDevice device = new CountingDevice(1);
                Trainer trainer = trainer(device);
                Weights weights = new Weights(device, NETWORK)) {
            trainer.step(LAYOUT, TransferTest::fill);
            device.forget();
            trainer.copyWeights(WeightKind.EMA, weights);
            assertThat(device.moved(FROM_DEVICE)).isEqualTo(Map.of(Role.LASTING, PARAMETERS));
            trainer.step(LAYOUT, TransferTest::fill);
            device.forget();
            Checkpoint.write(
                    folder.resolve("checkpoint"),
                    trainer.header(Map.of()),
                    trainer.trainingState());
            assertThat(device.moved(FROM_DEVICE)).isEqualTo(Map.of(Role.LASTING, 4 * PARAMETERS));
            assertThat(device.moved(TO_DEVICE)).isEmpty();
        }
    }

    @Test
    void samplingMovesItsInputsAndItsResultsOnce() {
        SamplerConfig config = SamplerConfig.ddpm(6);
        long given = 4L * BATCH * (LAYOUT.values() + LAYOUT.nodes());
        // Keys, times, and the coefficients of the clean value and of three operands.
        long step = 4L * BATCH * (2 + NETWORK.channels() + 3);
        try (CountingDevice device = new CountingDevice(1);
                Weights weights = new Weights(device, NETWORK);
                BoundLayout bound = new BoundLayout(device, NETWORK, LAYOUT);
                Sampler first = sampler(device, bound, weights, config);
                Sampler second = sampler(device, bound, weights, config)) {
            MemorySegment parameters = weights.memory().write(NETWORK.parameters().block());
            RandomStream.fillNormal(1, 0, parameters, 0, (int) (parameters.byteSize() / 4));
            sample(first);
            long layout = device.moved(TO_DEVICE).get(Role.LAYOUT);
            assertThat(device.moved(TO_DEVICE)).containsEntry(Role.LASTING, PARAMETERS);
            for (Sampler sampler : new Sampler[] {second, first}) {
                device.forget();
                sample(sampler);
                // The level of the start, then of what is held.
                long tables = 6 * step + 2 * 4L * BATCH + 8L * BATCH;
                assertThat(device.moved(TO_DEVICE)).isEqualTo(Map.of(Role.INPUT, given + tables));
                assertThat(device.moved(FROM_DEVICE))
                        .isEqualTo(Map.of(Role.LASTING, 4L * BATCH * LAYOUT.values()));
            }
            assertThat(layout).isPositive();
        }
    }
}
