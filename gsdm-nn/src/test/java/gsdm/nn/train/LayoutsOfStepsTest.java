package gsdm.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.nn.TestModels;
import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.checkpoint.CheckpointStore;
import gsdm.nn.diffusion.Parameterisation;
import gsdm.nn.layout.LayoutBudget;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.network.Denoiser;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Steps over different layouts: the layout is a value of the step. */
class LayoutsOfStepsTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final VariableLayout LARGE = TestModels.mixed();
    private static final VariableLayout SMALL = TestModels.mixedPart();

    @TempDir private Path folder;

    private static Trainer start(Backend backend, VariableLayout largest) {
        return Trainer.start(
                backend,
                TestModels.denoiser(largest),
                TestModels.diffusion(),
                LayoutBudget.of(largest),
                TestModels.training(7, 3, 1e-2));
    }

    /** Values for any layout; every fourth node is observed. */
    private static BatchSource source(VariableLayout layout) {
        return (step, batch) -> {
            int nodes = batch.examples() * layout.nodes();
            int values = batch.examples() * layout.values();
            RandomStream.fillNormal(step, 0, batch.values(), 0, values);
            for (int n = 0; n < nodes; n++) {
                batch.observed().setAtIndex(FLOAT, n, n % 4 == 0 ? 1 : 0);
            }
        };
    }

    @ParameterizedTest
    @MethodSource("gsdm.nn.TestBackends#usable")
    void layoutsOfAnySizeGiveTheBitsOfFreshTrainers(String device) {
        List<VariableLayout> layouts = List.of(LARGE, SMALL, LARGE, SMALL, SMALL, LARGE);
        CheckpointStore store = new CheckpointStore(folder, 1);
        try (Backend backend = Backends.open(device, 2);
                Trainer trainer = start(backend, LARGE)) {
            try (Trainer fresh = start(backend, LARGE)) {
                store.save(fresh.header(Map.of()), fresh.trainingState());
            }
            for (VariableLayout layout : layouts) {
                StepResult result = trainer.step(layout, source(layout));
                try (Checkpoint before = store.latest().checkpoint().orElseThrow();
                        Trainer fresh =
                                Trainer.resume(
                                        backend,
                                        TestModels.denoiser(layout),
                                        TestModels.diffusion(),
                                        LayoutBudget.of(layout),
                                        TestModels.training(7, 3, 1e-2),
                                        before)) {
                    assertThat(fresh.step(layout, source(layout)).loss()).isEqualTo(result.loss());
                    assertThat(bytes(trainer)).isEqualTo(bytes(fresh));
                    store.save(fresh.header(Map.of()), fresh.trainingState());
                }
            }
        }
    }

    private static byte[] bytes(Trainer trainer) {
        MemorySegment parameters =
                trainer.trainingState().memory().read(trainer.trainingState().parameters());
        return parameters.toArray(ValueLayout.JAVA_BYTE);
    }

    /** A network of zeros that predicts noise is off by the noise itself. */
    @Test
    void aNodeHasItsNoiseWhateverElseALayoutHolds() {
        try (Backend backend = Backends.open("scalar", 1);
                Trainer trainer =
                        Trainer.start(
                                backend,
                                new Denoiser(
                                        TestModels.denoiser(LARGE).config(), LARGE.signature()),
                                TestModels.diffusion(Parameterisation.NOISE),
                                LayoutBudget.of(LARGE),
                                TestModels.training(7, 1, 1e-2))) {
            int[][] kept = {{0, 0}, {2, 1}, {4, 2}, {6, 3}, {9, 4}};
            for (int[] node : kept) {
                double inLarge = squaredNoise(trainer, LARGE, node[0]);
                assertThat(inLarge).as("node %d", node[0]).isPositive();
                assertThat(squaredNoise(trainer, SMALL, node[1])).isEqualTo(inLarge);
            }
        }
    }

    /** In step 1 of a trainer that has not moved, of the one node that is to be inferred. */
    private static double squaredNoise(Trainer trainer, VariableLayout layout, int node) {
        trainer.trainingState().memory().write(trainer.trainingState().parameters()).fill((byte) 0);
        BatchSource source =
                (_, batch) -> {
                    batch.values().fill((byte) 0);
                    for (int n = 0; n < layout.nodes(); n++) {
                        batch.observed().setAtIndex(FLOAT, n, n == node ? 0 : 1);
                    }
                };
        StepResult result = trainer.gradients(trainer.draw(layout, source));
        double sum = 0;
        for (int a = 0; a < layout.arrays().size(); a++) {
            sum += result.arrayLoss(a) * result.arrayValues(a);
        }
        return sum;
    }

    @Test
    void whatDoesNotFitIsRefusedAndLeavesTheTrainerAsItWas() {
        try (Backend backend = Backends.open("scalar", 1);
                Trainer trainer = start(backend, SMALL)) {
            assertThatThrownBy(() -> trainer.step(LARGE, source(LARGE)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("N is 10 but was planned for at most 5");
            VariableLayout other = TestModels.pair(0, 1);
            assertThatThrownBy(() -> trainer.step(other, source(other)))
                    .hasMessageContaining("the network was made for");
            assertThat(trainer.step(SMALL, source(SMALL)).step()).isEqualTo(1);
        }
    }
}
