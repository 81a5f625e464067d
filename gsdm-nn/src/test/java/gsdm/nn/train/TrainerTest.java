package gsdm.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import com.sun.management.ThreadMXBean;

import gsdm.nn.FailingBackend;
import gsdm.nn.TestModels;
import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.checkpoint.CheckpointStore;
import gsdm.nn.checkpoint.TrainingState;
import gsdm.nn.diffusion.Diffusion;
import gsdm.nn.diffusion.Parameterisation;
import gsdm.nn.layout.LayoutBudget;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.network.Denoiser;
import gsdm.nn.network.NetworkConfig;
import gsdm.nn.network.NormKind;
import gsdm.nn.network.Regressor;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.program.Attention.Neighbours;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Slot;
import gsdm.tensor.random.RandomStream;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class TrainerTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    @TempDir private Path folder;

    private static final VariableLayout MIXED = TestModels.mixed();

    /** Values for the mixed layout; node 0 and the last one are observed. */
    private static void mixedBatch(long step, Batch batch) {
        int values = 16;
        RandomStream.fillNormal(step, 0, batch.values(), 0, batch.examples() * values);
        batch.observed().fill((byte) 0);
        for (int b = 0; b < batch.examples(); b++) {
            for (int i = 7; i < values; i++) {
                batch.values().setAtIndex(FLOAT, (long) b * values + i, i % 3 == 0 ? 1 : 0);
            }
            batch.observed().setAtIndex(FLOAT, b * 10L, 1);
            batch.observed().setAtIndex(FLOAT, b * 10L + 9, 1);
        }
    }

    private static Trainer trainer(Backend backend, VariableLayout layout, double learningRate) {
        return trainer(backend, layout, TestModels.training(7, 3, learningRate));
    }

    private static Trainer trainer(Backend backend, VariableLayout layout, TrainingConfig config) {
        return Trainer.start(
                backend,
                TestModels.denoiser(layout),
                TestModels.diffusion(),
                LayoutBudget.of(layout),
                config);
    }

    private static TrainingConfig config(int batch, double learningRate, Optimizer optimizer) {
        return TestModels.training(7, BatchPart.whole(batch), learningRate, optimizer);
    }

    private static List<byte[]> bytes(TrainingState state) {
        return List.of(
                bytes(state, state.parameters()),
                bytes(state, state.moment1()),
                bytes(state, state.moment2()),
                bytes(state, state.average()));
    }

    private static byte[] bytes(TrainingState state, Block block) {
        return state.memory().read(block).toArray(ValueLayout.JAVA_BYTE);
    }

    private static void run(Trainer trainer, int steps) {
        for (int i = 0; i < steps; i++) {
            trainer.step(MIXED, TrainerTest::mixedBatch);
        }
    }

    @ParameterizedTest
    @MethodSource("gsdm.nn.TestBackends#usable")
    void aResumedRunHasTheBitsOfAnUnbrokenOneWithAnyThreads(String device) {
        for (Optimizer optimizer : Optimizer.values()) {
            requireResumedBits(device, config(3, 1e-2, optimizer));
        }
    }

    private void requireResumedBits(String device, TrainingConfig config) {
        VariableLayout layout = TestModels.mixed();
        List<byte[]> unbroken;
        try (Backend one = Backends.open(device, 1);
                Trainer trainer = trainer(one, layout, config)) {
            run(trainer, 7);
            unbroken = bytes(trainer.trainingState());
        }
        CheckpointStore store = new CheckpointStore(folder.resolve(config.optimizer().name()), 2);
        try (Backend two = Backends.open(device, 2);
                Trainer trainer = trainer(two, layout, config)) {
            run(trainer, 3);
            store.save(trainer.header(Map.of("who", "me")), trainer.trainingState());
            run(trainer, 1);
        }
        try (Backend three = Backends.open(device, 3);
                Checkpoint checkpoint = store.latest().checkpoint().orElseThrow();
                Trainer trainer =
                        Trainer.resume(
                                three,
                                TestModels.denoiser(layout),
                                TestModels.diffusion(),
                                LayoutBudget.of(layout),
                                config,
                                checkpoint)) {
            assertThat(checkpoint.header().config()).containsExactly(Map.entry("who", "me"));
            assertThat(trainer.step()).isEqualTo(3);
            run(trainer, 4);
            assertThat(bytes(trainer.trainingState()))
                    .as("%s", config.optimizer())
                    .containsExactlyElementsOf(unbroken);
        }
    }

    @Test
    void anotherRunsCheckpointIsRefused() {
        VariableLayout layout = TestModels.mixed();
        CheckpointStore store = new CheckpointStore(folder, 1);
        try (Backend backend = Backends.open("scalar", 1)) {
            try (Trainer trainer = trainer(backend, layout, 1e-2)) {
                store.save(trainer.header(Map.of()), trainer.trainingState());
            }
            try (Checkpoint checkpoint = store.latest().checkpoint().orElseThrow()) {
                Denoiser denoiser = TestModels.denoiser(layout);
                assertThatThrownBy(() ->
                                Trainer.resume(
                                        backend,
                                        denoiser,
                                        TestModels.diffusion(),
                                        LayoutBudget.of(layout),
                                        TestModels.training(8, 3, 1e-2),
                                        checkpoint))
                        .hasMessageContaining("seed 7")
                        .hasMessageContaining("found seed 8");
                NetworkConfig wider =
                        new NetworkConfig(
                                12, 2, 2, NormKind.GROUP, 4, Neighbours.SPARSE, true, false, true);
                assertThatThrownBy(() ->
                                Trainer.resume(
                                        backend,
                                        new Denoiser(wider, layout.signature()),
                                        TestModels.diffusion(),
                                        LayoutBudget.of(layout),
                                        TestModels.training(7, 3, 1e-2),
                                        checkpoint))
                        .hasMessageContaining("another model");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Neighbours.class)
    void everyAttentionLearnsToCopyAnObservedValue(Neighbours attention) {
        double early = copyLoss(attention, Parameterisation.X0, Optimizer.ADAM, 1, 20);
        double late = copyLoss(attention, Parameterisation.X0, Optimizer.ADAM, 400, 40);
        assertThat(late).isLessThan(early / 10);
    }

    @Test
    void muonLearnsToo() {
        double early = copyLoss(Neighbours.SPARSE, Parameterisation.X0, Optimizer.MUON, 1, 20);
        double late = copyLoss(Neighbours.SPARSE, Parameterisation.X0, Optimizer.MUON, 400, 40);
        assertThat(late).isLessThan(early / 10);
    }

    @ParameterizedTest
    @EnumSource(
            value = Parameterisation.class,
            names = {"NOISE", "V"})
    void predictingNoiseLearnsToo(Parameterisation parameterisation) {
        double early = copyLoss(Neighbours.SPARSE, parameterisation, Optimizer.ADAM, 1, 20);
        double late = copyLoss(Neighbours.SPARSE, parameterisation, Optimizer.ADAM, 400, 40);
        assertThat(late).isLessThan(early / 3);
    }

    /** The mean loss of {@code count} steps from step {@code from}. */
    private static double copyLoss(
            Neighbours attention,
            Parameterisation prediction,
            Optimizer optimizer,
            int from,
            int count) {
        VariableLayout layout = TestModels.pair(10, 5);
        Denoiser denoiser = new Denoiser(TestModels.small(attention), layout.signature());
        try (Backend backend = Backends.open("scalar", 1);
                Trainer trainer =
                        Trainer.start(
                                backend,
                                denoiser,
                                TestModels.diffusion(prediction),
                                LayoutBudget.of(layout),
                                TestModels.training(3, BatchPart.whole(32), 1e-2, optimizer))) {
            double sum = 0;
            for (int step = 1; step < from + count; step++) {
                double loss = trainer.step(layout, TrainerTest::pairBatch).loss();
                sum += step >= from ? loss : 0;
            }
            return sum / count;
        }
    }

    private static void pairBatch(long step, Batch batch) {
        for (int b = 0; b < batch.examples(); b++) {
            float value = 10 + 5 * RandomStream.normal(step, b);
            batch.values().setAtIndex(FLOAT, 2L * b, value);
            batch.values().setAtIndex(FLOAT, 2L * b + 1, value);
            batch.observed().setAtIndex(FLOAT, 2L * b, 0);
            batch.observed().setAtIndex(FLOAT, 2L * b + 1, 1);
        }
    }

    @ParameterizedTest
    @MethodSource("gsdm.nn.TestBackends#usable")
    void aLossThatIsNotFiniteStopsTheRunAndChangesNothing(String device) {
        for (Optimizer optimizer : Optimizer.values()) {
            requireNothingChanged(device, config(3, 1e-2, optimizer));
        }
    }

    private static void requireNothingChanged(String device, TrainingConfig config) {
        try (Backend backend = Backends.open(device, 1);
                Trainer trainer = trainer(backend, TestModels.mixed(), config)) {
            run(trainer, 2);
            List<byte[]> before = bytes(trainer.trainingState());
            BatchSource bad =
                    (step, batch) -> {
                        mixedBatch(step, batch);
                        batch.values().setAtIndex(FLOAT, 3, Float.NaN);
                    };
            assertThatThrownBy(() -> trainer.step(MIXED, bad))
                    .isInstanceOfSatisfying(
                            DivergedException.class,
                            failure -> assertThat(failure.step()).isEqualTo(3))
                    .hasMessageContaining("step 3");
            assertThat(bytes(trainer.trainingState())).containsExactlyElementsOf(before);
            assertThat(trainer.step(MIXED, TrainerTest::mixedBatch).step()).isEqualTo(3);
        }
    }

    /** Two examples that a network cannot tell apart, and far from what it predicts, either way. */
    @ParameterizedTest
    @MethodSource("gsdm.nn.TestBackends#usable")
    void aLossThatIsNotFiniteIsRefusedThoughItsGradientIs(String device) {
        VariableLayout layout = TestModels.pair(0, 1);
        BatchSource apart =
                (step, batch) -> {
                    pairBatch(step, batch);
                    for (int b = 0; b < 2; b++) {
                        batch.values().setAtIndex(FLOAT, 2L * b, b == 0 ? 3e19f : -3e19f);
                        batch.values().setAtIndex(FLOAT, 2L * b + 1, 1);
                    }
                };
        try (Backend backend = Backends.open(device, 1);
                Trainer trainer =
                        Trainer.start(
                                backend,
                                new Regressor(
                                        TestModels.small(Neighbours.SPARSE), layout.signature()),
                                Diffusion.none(),
                                LayoutBudget.of(layout),
                                TestModels.training(7, 2, 1e-2))) {
            trainer.step(layout, TrainerTest::pairBatch);
            List<byte[]> before = bytes(trainer.trainingState());
            trainer.gradients(trainer.draw(layout, apart));
            double norm = 0;
            for (float gradient : trainer.readGradients().toArray(FLOAT)) {
                norm += (double) gradient * gradient;
            }
            assertThat((float) norm).isFinite();
            assertThatThrownBy(trainer::update)
                    .isInstanceOf(DivergedException.class)
                    .hasMessageStartingWith("the loss at step 2 is not finite");
            assertThat(bytes(trainer.trainingState())).containsExactlyElementsOf(before);
            assertThat(trainer.step(layout, TrainerTest::pairBatch).step()).isEqualTo(2);
        }
    }

    @Test
    void aBatchWithEverythingObservedTeachesNothing() {
        VariableLayout layout = TestModels.pair(0, 1);
        try (Backend backend = Backends.open("scalar", 1);
                Trainer trainer = trainer(backend, layout, 1e-2)) {
            BatchSource observed =
                    (step, batch) -> {
                        for (int n = 0; n < 6; n++) {
                            batch.observed().setAtIndex(FLOAT, n, 1);
                        }
                    };
            StepResult result = trainer.step(layout, observed);
            assertThat(result.step()).isEqualTo(1);
            assertThat(result.loss()).isZero();
            assertThat(result.gradientNorm()).isZero();
        }
    }

    @Test
    void theResultAddsUp() {
        try (Backend backend = Backends.open("scalar", 1);
                Trainer trainer = trainer(backend, TestModels.mixed(), 1e-2)) {
            StepResult result = trainer.step(MIXED, TrainerTest::mixedBatch);
            // 3 examples: of 5, 2 and 3 nodes one, none and one is observed; d has 3 options.
            long[] counts = {12, 6, 18};
            double sum = 0;
            for (int a = 0; a < counts.length; a++) {
                assertThat(result.arrayValues(a)).isEqualTo(counts[a]);
                sum += result.arrayLoss(a) * counts[a];
            }
            assertThat(sum / 36).isCloseTo(result.loss(), withPercentage(0.01));
            assertThat(result.gradientNorm()).isPositive();
            assertThat(result.learningRate()).isEqualTo(1e-2);
        }
    }

    @ParameterizedTest
    @MethodSource("gsdm.nn.TestBackends#usable")
    void aStepAllocatesNextToNothing(String device) {
        for (Optimizer optimizer : Optimizer.values()) {
            requireNothingAllocated(device, config(16, 1e-3, optimizer));
        }
    }

    private static void requireNothingAllocated(String device, TrainingConfig config) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Backend backend = Backends.open(device, 1);
                Trainer trainer = trainer(backend, MIXED, config)) {
            long least = Long.MAX_VALUE;
            // Vector kernels box until they are compiled, which takes some thousand calls.
            for (int round = 0; round < 300 && least > 1024; round++) {
                long before = threads.getTotalThreadAllocatedBytes();
                run(trainer, 20);
                least = Math.min(least, (threads.getTotalThreadAllocatedBytes() - before) / 20);
            }
            assertThat(least)
                    .as("bytes a step of %s", config.optimizer())
                    .isLessThanOrEqualTo(1024);
        }
    }

    @ParameterizedTest
    @MethodSource("gsdm.nn.TestBackends#usable")
    void memoryIsKnownBeforehand(String device) {
        for (Optimizer optimizer : Optimizer.values()) {
            for (int batch : new int[] {1, 3, 300}) {
                requireKnownMemory(device, config(batch, 1e-3, optimizer));
            }
        }
    }

    private static void requireKnownMemory(String device, TrainingConfig config) {
        try (Backend backend = Backends.open(device, 2);
                Trainer trainer = trainer(backend, MIXED, config)) {
            long expected =
                    Trainer.estimate(
                                    backend,
                                    TestModels.denoiser(MIXED),
                                    TestModels.diffusion(),
                                    LayoutBudget.of(MIXED),
                                    config)
                            .total();
            assertThat(trainer.bytesReserved()).isCloseTo(expected, Percentage.withPercentage(5));
        }
    }

    @Test
    void muonKeepsItsMomentumInThePlaceOfTheFirstMoment() {
        try (Backend backend = Backends.open("scalar", 1);
                Trainer trainer = trainer(backend, MIXED, config(3, 1e-2, Optimizer.MUON))) {
            run(trainer, 3); // nothing but the ends has a gradient at first
            TrainingState state = trainer.trainingState();
            List<String> still =
                    state.moment2().slots().stream()
                            .filter(slot -> isZero(state.memory().read(slot)))
                            .map(Slot::name)
                            .toList();
            List<String> hidden =
                    TestModels.denoiser(MIXED).parameters().hidden().stream()
                            .map(matrix -> state.moment2().slots().get(matrix.index()).name())
                            .toList();
            assertThat(hidden)
                    .contains(
                            "time.1.weight",
                            "layers.0.residual.conv1.weight",
                            "layers.1.attention.qkv.weight",
                            "layers.1.attention.out.weight")
                    .doesNotContain("embeddings", "time.0.weight", "input.1.weight")
                    .hasSize(1 + 2 * 6);
            assertThat(still).containsAll(hidden).doesNotContain("embeddings", "time.0.weight");
            Slot out = state.moment1().slot("layers.1.attention.out.weight");
            assertThat(isZero(state.memory().read(out))).isFalse();
        }
    }

    private static boolean isZero(MemorySegment floats) {
        return floats.mismatch(MemorySegment.ofArray(new float[(int) (floats.byteSize() / 4)])) < 0;
    }

    @Test
    void initialParametersDependOnSeedAndNameAlone() {
        VariableLayout layout = TestModels.mixed();
        try (Backend backend = Backends.open("scalar", 1);
                Trainer first = trainer(backend, layout, 1);
                Trainer second = trainer(backend, layout, 2)) {
            assertThat(bytes(first.trainingState()))
                    .containsExactlyElementsOf(bytes(second.trainingState()));
            TrainingState state = first.trainingState();
            MemorySegment zero =
                    state.memory().read(state.parameters().slot("layers.1.residual.conv2.weight"));
            assertThat(zero.toArray(FLOAT)).containsOnly(0);
            float[] norm =
                    state.memory()
                            .read(state.parameters().slot("layers.0.residual.norm1.weight"))
                            .toArray(FLOAT);
            assertThat(norm).containsOnly(1);
            float[] weight =
                    state.memory().read(state.parameters().slot("time.0.weight")).toArray(FLOAT);
            float bound = (float) (1 / Math.sqrt(8));
            for (float value : weight) {
                assertThat(Math.abs(value)).isBetween(0f, bound);
            }
        }
    }

    /** Whichever step of its construction fails, what was made before is closed. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aTrainerThatCannotBeMadeLeavesNothingOpen(int compiled) {
        try (Backend backend = Backends.open("scalar", 1)) {
            FailingBackend failing = new FailingBackend(backend, compiled);
            assertThatThrownBy(() -> trainer(failing, TestModels.mixed(), 1e-2))
                    .isInstanceOf(IllegalStateException.class);
            failing.assertNothingOpen();
        }
    }

    @Test
    void aClosedTrainerSaysSo() {
        try (Backend backend = Backends.open("scalar", 1)) {
            Trainer trainer = trainer(backend, TestModels.mixed(), 1e-2);
            assertThatThrownBy(() -> trainer.step(MIXED, (_, _) -> trainer.close()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the trainer cannot be closed by the thread");
            run(trainer, 1);
            trainer.close();
            trainer.close();
            assertThatThrownBy(() -> run(trainer, 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the trainer is closed");
        }
    }

    @Test
    void closingWaitsForTheStepInProgress() throws InterruptedException {
        try (Backend backend = Backends.open("scalar", 2)) {
            Trainer trainer = trainer(backend, TestModels.mixed(), 1e-2);
            Thread closer = Thread.ofPlatform().unstarted(trainer::close);
            trainer.step(
                    MIXED,
                    (step, batch) -> {
                        mixedBatch(step, batch);
                        closer.start();
                        while (closer.getState() != Thread.State.WAITING) {
                            Thread.onSpinWait();
                        }
                    });
            closer.join();
            assertThatThrownBy(() -> run(trainer, 1)).hasMessage("the trainer is closed");
        }
    }

    @Test
    void theAverageDecaysOnceAStep() {
        assertThat(TestModels.training(7, 3, 1e-2).emaDecayAt(1)).isEqualTo(2.0 / 11);
        assertThat(TestModels.training(7, 3, 1e-2).emaDecayAt(10_000)).isEqualTo(0.99);
        try (Backend backend = Backends.open("scalar", 1);
                Trainer trainer = trainer(backend, TestModels.mixed(), 1e-2)) {
            TrainingState state = trainer.trainingState();
            float[] average = floats(state, state.average());
            for (int step = 1; step <= 3; step++) {
                run(trainer, 1);
                float[] parameters = floats(state, state.parameters());
                double decay = (1.0 + step) / (10 + step);
                for (int i = 0; i < average.length; i++) {
                    average[i] = (float) (decay * average[i] + (1 - decay) * parameters[i]);
                }
                assertThat(floats(state, state.average())).containsExactly(average, within(1e-6f));
            }
        }
    }

    private static float[] floats(TrainingState state, Block block) {
        return state.memory().read(block).toArray(FLOAT);
    }
}
