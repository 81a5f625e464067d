package gsdm.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gsdm.nn.TestModels;
import gsdm.nn.diffusion.NoiseSchedule;
import gsdm.nn.diffusion.Streams;
import gsdm.nn.layout.LayoutBudget;
import gsdm.nn.layout.VariableLayout;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Trainers that each have a part of a batch take the step of one that has it all. */
class PartsTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final VariableLayout LAYOUT = TestModels.mixed();

    /** With an epsilon beside which gradients that are rounding noise, as some are, are nothing. */
    private static Trainer trainer(Backend backend, BatchPart part) {
        TrainingConfig c = TestModels.training(7, part);
        TrainingConfig config =
                new TrainingConfig(
                        c.seed(),
                        part,
                        c.learningRate(),
                        c.optimizer(),
                        c.momentum(),
                        c.beta1(),
                        c.beta2(),
                        1e-3,
                        c.clipNorm(),
                        c.emaDecay(),
                        c.objective(),
                        c.recompute(),
                        c.refined());
        return Trainer.start(
                backend,
                TestModels.denoiser(LAYOUT),
                TestModels.diffusion(),
                LayoutBudget.of(LAYOUT),
                config);
    }

    /** An example is a function of its number: so is how much of it is observed. */
    private static void fill(long step, Batch batch) {
        int x = LAYOUT.values();
        int n = LAYOUT.nodes();
        for (int b = 0; b < batch.examples(); b++) {
            int number = batch.number(b);
            long key = RandomStream.fork(step, number);
            RandomStream.fillNormal(key, 0, batch.values(), 4L * b * x, x);
            for (int node = 0; node < n; node++) {
                batch.observed().setAtIndex(FLOAT, (long) b * n + node, node < number ? 1 : 0);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("gsdm.nn.TestBackends#usable")
    void theirStepsAreThoseOfTheWholeBatch(String device) {
        try (Backend backend = Backends.open(device, 2);
                Trainer whole = trainer(backend, BatchPart.whole(7));
                Trainer first = trainer(backend, new BatchPart(0, 2, 7));
                Trainer second = trainer(backend, new BatchPart(2, 4, 7));
                Trainer third = trainer(backend, new BatchPart(6, 1, 7))) {
            List<Trainer> parts = List.of(first, second, third);
            for (int step = 1; step <= 5; step++) {
                StepResult expected = whole.step(LAYOUT, PartsTest::fill);
                double[] bands = new double[NoiseBand.values().length];
                double loss = stepOf(parts, bands);
                assertThat(loss).isEqualTo(expected.loss(), within(1e-6));
                for (NoiseBand band : NoiseBand.values()) {
                    double errors = expected.bandLoss(band) * expected.bandValues(band);
                    assertThat(bands[band.ordinal()])
                            .as(band.label())
                            .isEqualTo(errors, within(1e-4 * errors));
                }
                for (Trainer part : parts) {
                    assertThat(part.step()).isEqualTo(step);
                    assertThat(parameters(part)).containsExactly(parameters(first));
                }
                assertThat(parameters(first)).containsExactly(parameters(whole), within(1e-5f));
            }
        }
    }

    /**
     * As processes would: counts and gradients summed in the order of the parts.
     *
     * @param bands receives the errors of each band, summed
     */
    private static double stepOf(List<Trainer> parts, double[] bands) {
        long[] counts = new long[LAYOUT.arrays().size()];
        for (Trainer part : parts) {
            long[] own = part.draw(LAYOUT, PartsTest::fill);
            for (int a = 0; a < counts.length; a++) {
                counts[a] += own[a];
            }
        }
        double loss = 0;
        float[] sum = {};
        for (Trainer part : parts) {
            StepResult result = part.gradients(counts);
            loss += result.loss();
            for (NoiseBand band : NoiseBand.values()) {
                bands[band.ordinal()] += result.bandLoss(band) * result.bandValues(band);
            }
            float[] own = part.readGradients().toArray(FLOAT);
            if (sum.length == 0) {
                sum = own;
                continue;
            }
            for (int i = 0; i < own.length; i++) {
                sum[i] += own[i];
            }
        }
        for (Trainer part : parts) {
            MemorySegment.copy(sum, 0, part.writeGradients(), FLOAT, 0, sum.length);
            part.update();
        }
        return loss;
    }

    /** Of one example only there is something to infer: its errors are those of its band. */
    @ParameterizedTest
    @MethodSource("gsdm.nn.TestBackends#usable")
    void errorsAreOfTheBandOfTheirExample(String device) {
        NoiseSchedule schedule = TestModels.diffusion().schedule();
        Set<NoiseBand> seen = EnumSet.noneOf(NoiseBand.class);
        try (Backend backend = Backends.open(device, 2);
                Trainer trainer = trainer(backend, BatchPart.whole(7))) {
            long key = RandomStream.fork(RandomStream.seed(7), Streams.TIME);
            for (int step = 1; step <= 14; step++) {
                int only = step % 7;
                int number = step;
                StepResult result =
                        trainer.step(
                                LAYOUT,
                                (_, batch) -> {
                                    fill(number, batch);
                                    batch.observed().fill((byte) 0);
                                    for (int b = 0; b < 7; b++) {
                                        for (int n = 0; n < LAYOUT.nodes() && b != only; n++) {
                                            batch.observed()
                                                    .setAtIndex(
                                                            FLOAT,
                                                            (long) b * LAYOUT.nodes() + n,
                                                            1);
                                        }
                                    }
                                });
                int t = Draws.timeStep(key, step, only, 7, schedule.steps());
                NoiseBand expected = NoiseBand.of(schedule.level(t), schedule.signal(t));
                seen.add(expected);
                double errors = 0;
                long values = 0;
                for (int a = 0; a < LAYOUT.arrays().size(); a++) {
                    errors += result.arrayLoss(a) * result.arrayValues(a);
                    values += result.arrayValues(a);
                }
                assertThat(values).isEqualTo(LAYOUT.values());
                assertThat(errors).isPositive();
                for (NoiseBand band : NoiseBand.values()) {
                    boolean own = band == expected;
                    assertThat(result.bandValues(band)).isEqualTo(own ? values : 0);
                    assertThat(result.bandLoss(band))
                            .isEqualTo(own ? errors / values : 0, within(1e-9));
                }
            }
        }
        assertThat(seen).hasSizeGreaterThan(1);
    }

    private static float[] parameters(Trainer trainer) {
        return trainer.trainingState()
                .memory()
                .read(trainer.trainingState().parameters())
                .toArray(FLOAT);
    }

    @Test
    void aStepIsTakenApartInOrder() {
        try (Backend backend = Backends.open("scalar", 1);
                Trainer trainer = trainer(backend, BatchPart.whole(2))) {
            assertThatThrownBy(() -> trainer.gradients(new long[3]))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("gradients are computed of what was drawn");
            long[] counts = trainer.draw(LAYOUT, PartsTest::fill);
            assertThatThrownBy(trainer::update)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("an update follows gradients");
            trainer.draw(LAYOUT, PartsTest::fill);
            trainer.gradients(counts);
            assertThat(trainer.update().step()).isEqualTo(1);
            assertThatThrownBy(trainer::update).isInstanceOf(IllegalStateException.class);
            assertThat(trainer.step(LAYOUT, PartsTest::fill).step()).isEqualTo(2);
        }
    }

    @Test
    void aPartLiesWithinItsBatch() {
        assertThatThrownBy(() -> new BatchPart(5, 3, 7))
                .hasMessage(
                        "a part of a batch of 7 has an example or more of them; found 3 from 5 on");
        assertThatThrownBy(() -> BatchPart.whole(0)).hasMessage("batch must be 1 or more; found 0");
    }
}
