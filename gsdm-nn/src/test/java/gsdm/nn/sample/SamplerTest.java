package gsdm.nn.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import gsdm.nn.FailingBackend;
import gsdm.nn.TestModels;
import gsdm.nn.diffusion.Diffusion;
import gsdm.nn.diffusion.NoiseSchedule;
import gsdm.nn.diffusion.Parameterisation;
import gsdm.nn.diffusion.PredictorCorrector;
import gsdm.nn.diffusion.ReverseStep;
import gsdm.nn.layout.LayoutBudget;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.network.BoundLayout;
import gsdm.nn.network.Denoiser;
import gsdm.nn.network.MemoryEstimate;
import gsdm.nn.network.NetworkConfig;
import gsdm.nn.network.NormKind;
import gsdm.nn.network.Weights;
import gsdm.nn.sample.SamplerConfig.Discrete;
import gsdm.nn.sample.SamplerConfig.Solver;
import gsdm.nn.sample.SamplerConfig.Spacing;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.program.Attention.Neighbours;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class SamplerTest {
    private static final Diffusion DIFFUSION = TestModels.diffusion();
    private static final VariableLayout MIXED = TestModels.mixed();

    private static Weights weights(Backend backend, VariableLayout layout) {
        return new Weights(backend, TestModels.denoiser(layout));
    }

    /** For a test of one sampler, which keeps the memory of its layout. */
    private static Sampler sampler(
            Backend backend,
            Diffusion diffusion,
            VariableLayout layout,
            Weights weights,
            SamplerConfig config,
            int batch) {
        try (BoundLayout bound = new BoundLayout(backend, weights.network(), layout)) {
            return Sampler.open(backend, diffusion, bound, weights, config, batch);
        }
    }

    private static void set(Weights weights, String name, float... values) {
        MemorySegment.copy(
                values,
                0,
                weights.memory().write(weights.network().parameters().block().slot(name)),
                ValueLayout.JAVA_FLOAT,
                0,
                values.length);
    }

    private static Query query(VariableLayout layout, int first, float[] observed, float[] values) {
        return Query.of(
                layout, first, MemorySegment.ofArray(observed), MemorySegment.ofArray(values));
    }

    private static float[] sample(
            Sampler sampler, VariableLayout layout, int first, int count, float[] observed) {
        float[] values = new float[count * layout.values()];
        Arrays.fill(values, 0.25f);
        sampler.sample(5, first, count, query(layout, first, observed, values));
        return values;
    }

    /** A network of zeros but for its last bias predicts that bias, so that is every sample. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 1})
    void aConstantPredictionIsSampledInTheModelsUnits(double eta) {
        SamplerConfig config =
                new SamplerConfig(
                        Solver.DDIM,
                        13,
                        eta,
                        Spacing.TRAILING,
                        Double.POSITIVE_INFINITY,
                        Discrete.ARGMAX);
        try (Backend backend = Backends.open("scalar", 1);
                Weights weights = weights(backend, MIXED)) {
            set(weights, "output.1.bias", 0.7f);
            set(weights, "output.3.bias", 0, 2, 1);
            try (Sampler sampler = sampler(backend, DIFFUSION, MIXED, weights, config, 2)) {
                float[] observed = new float[3 * MIXED.nodes()];
                observed[1] = 1;
                observed[2 * MIXED.nodes() + 8] = 1;
                float[] values = sample(sampler, MIXED, 0, 3, observed);
                float a = 2 + 4 * 0.7f; // mean 2, scale 4
                float b = 0.35f; // mean 0, scale 0.5
                float[] expected = {a, a, a, a, a, b, b, 0, 1, 0, 0, 1, 0, 0, 1, 0};
                float[] first = expected.clone();
                first[1] = 0.25f;
                float[] third = expected.clone();
                Arrays.fill(third, 10, 13, 0.25f);
                int x = MIXED.values();
                assertThat(Arrays.copyOf(values, x)).containsExactly(first, within(1e-5f));
                assertThat(Arrays.copyOfRange(values, x, 2 * x))
                        .containsExactly(expected, within(1e-5f));
                assertThat(Arrays.copyOfRange(values, 2 * x, 3 * x))
                        .containsExactly(third, within(1e-5f));
            }
        }
    }

    @Test
    void probabilitiesAndClippingAreOptions() {
        SamplerConfig config =
                new SamplerConfig(Solver.DDIM, 7, 0, Spacing.TRAILING, 0.5, Discrete.PROBABILITIES);
        try (Backend backend = Backends.open("scalar", 1);
                Weights weights = weights(backend, MIXED)) {
            set(weights, "output.1.bias", -9);
            set(weights, "output.3.bias", (float) Math.log(2), 0, 0);
            try (Sampler sampler = sampler(backend, DIFFUSION, MIXED, weights, config, 1)) {
                float[] values = sample(sampler, MIXED, 0, 1, new float[MIXED.nodes()]);
                assertThat(values[0]).isEqualTo(2 - 4 * 0.5f, within(1e-5f));
                assertThat(Arrays.copyOfRange(values, 7, 10))
                        .containsExactly(new float[] {0.5f, 0.25f, 0.25f}, within(1e-5f));
            }
        }
    }

    /** Constant logits with likelihoods are the exact denoiser of independent categories. */
    @Test
    void ofConstantLogitsAndLikelihoodsCategoriesAreAsOftenAsTheySay() {
        NetworkConfig network =
                new NetworkConfig(8, 1, 2, NormKind.LAYER, 4, Neighbours.SPARSE, true, false, true);
        SamplerConfig config =
                new SamplerConfig(
                        Solver.UNI_PC,
                        25,
                        0,
                        Spacing.ASINH,
                        Double.POSITIVE_INFINITY,
                        Discrete.ARGMAX);
        int samples = 1500;
        double[] shares = {0.6, 0.3, 0.1};
        try (Backend backend = Backends.open("scalar", 2);
                Weights weights = new Weights(backend, new Denoiser(network, MIXED.signature()))) {
            set(
                    weights,
                    "output.3.bias",
                    (float) Math.log(shares[0]),
                    (float) Math.log(shares[1]),
                    (float) Math.log(shares[2]));
            float[] observed = new float[samples * MIXED.nodes()];
            try (Sampler sampler = sampler(backend, DIFFUSION, MIXED, weights, config, samples)) {
                float[] values = sample(sampler, MIXED, 0, samples, observed);
                int drawn = 3 * samples;
                for (int option = 0; option < shares.length; option++) {
                    double count = 0;
                    for (int s = 0; s < samples; s++) {
                        for (int node = 0; node < 3; node++) {
                            count += values[s * MIXED.values() + 7 + 3 * node + option];
                        }
                    }
                    double deviation = Math.sqrt(shares[option] * (1 - shares[option]) / drawn);
                    assertThat(count / drawn).isCloseTo(shares[option], within(5 * deviation));
                }
            }
        }
    }

    /** Where noise is predicted to be zero, each x_t is taken for √ᾱ_t·x_0. */
    @Test
    void predictedNoiseIsTakenOff() {
        VariableLayout layout = TestModels.positional();
        float[] start = {1, -2, 0.5f, 0, 3, -1};
        try (Backend backend = Backends.open("scalar", 1);
                Weights weights = weights(backend, layout);
                Sampler sampler =
                        sampler(
                                backend,
                                TestModels.diffusion(Parameterisation.NOISE),
                                layout,
                                weights,
                                SamplerConfig.ddim(20),
                                1)) {
            float[] values = new float[6];
            sampler.sampleFrom(
                    MemorySegment.ofArray(start), 0, 0, 1, query(layout, 0, new float[6], values));
            double signal = Math.sqrt(DIFFUSION.schedule().finalAlphaBar());
            for (int i = 0; i < 6; i++) {
                assertThat(values[i] * signal).isEqualTo(start[i], within(1e-3));
            }
        }
    }

    /**
     * Where a velocity of zero is predicted, each clean value is signal·x_t, another at each step.
     */
    @ParameterizedTest
    @EnumSource(Solver.class)
    void aSolverRemembersThePredictionsItReads(Solver solver) {
        VariableLayout layout = TestModels.positional();
        NoiseSchedule schedule = DIFFUSION.schedule();
        SamplerConfig config =
                new SamplerConfig(
                        solver, 6, 0, Spacing.TRAILING, Double.POSITIVE_INFINITY, Discrete.ARGMAX);
        int[] times = config.timeSteps(schedule);
        double factor = 1;
        double before = 0;
        double earlier = 0;
        for (int i = 0; i < times.length; i++) {
            int next = i + 1 < times.length ? times[i + 1] : -1;
            ReverseStep first = ReverseStep.of(schedule, times[i], next, 0);
            ReverseStep step =
                    switch (solver) {
                        case DDIM -> first;
                        case DPM_SOLVER ->
                                i == 0
                                        ? first
                                        : ReverseStep.multistep(
                                                schedule, times[i - 1], times[i], next);
                        case UNI_PC -> new PredictorCorrector(schedule, times, 0).step(i);
                    };
            double clean = schedule.signal(times[i]) * factor;
            factor =
                    step.clean() * clean
                            + step.noised() * factor
                            + step.previous() * before
                            + step.earlier() * earlier;
            earlier = before;
            before = clean;
        }
        try (Backend backend = Backends.open("scalar", 1);
                Weights weights = weights(backend, layout);
                Sampler sampler =
                        sampler(
                                backend,
                                TestModels.diffusion(Parameterisation.V),
                                layout,
                                weights,
                                config,
                                1)) {
            float[] start = {1, -2, 0.5f, 0, 3, -1};
            for (int time = 0; time < 2; time++) {
                float[] values = new float[6];
                Query query = query(layout, 0, new float[6], values);
                sampler.sampleFrom(MemorySegment.ofArray(start), 0, 0, 1, query);
                for (int i = 0; i < 6; i++) {
                    assertThat(values[i]).isEqualTo((float) factor * start[i], within(1e-5f));
                }
            }
        }
    }

    /** A category hides what the network made of it, and an observed value takes its place. */
    @ParameterizedTest
    @CsvSource({"output.1.bias, a", "output.3.bias, d"})
    void whatIsNotFiniteIsNotDelivered(String parameter, String array) {
        SamplerConfig config =
                new SamplerConfig(
                        Solver.DDIM,
                        1,
                        0,
                        Spacing.TRAILING,
                        Double.POSITIVE_INFINITY,
                        Discrete.ARGMAX);
        for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, 3e38f}) {
            try (Backend backend = Backends.open("scalar", 1);
                    Weights weights = weights(backend, MIXED);
                    Sampler sampler = sampler(backend, DIFFUSION, MIXED, weights, config, 2)) {
                set(weights, parameter, value);
                float[] values = new float[2 * MIXED.values()];
                Arrays.fill(values, 0.25f);
                float[] before = values.clone();
                Query query = query(MIXED, 0, new float[2 * MIXED.nodes()], values);
                if (value == 3e38f && array.equals("d")) {
                    continue; // finite, and without a scale to go beyond
                }
                assertThatThrownBy(() -> sampler.sample(5, 0, 2, query))
                        .isInstanceOfSatisfying(
                                NotFiniteException.class,
                                e -> assertThat(e.array()).isEqualTo(array))
                        .hasMessageContaining("array " + array + " that are not finite");
                assertThat(values).containsExactly(before);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("gsdm.nn.TestBackends#usable")
    void aSampleDoesNotDependOnItsBatchOrThread(String device) throws Exception {
        float[] observed = new float[5 * MIXED.nodes()];
        for (int i = 0; i < observed.length; i += 3) {
            observed[i] = 1;
        }
        SamplerConfig config = SamplerConfig.ddpm(9);
        try (Backend backend = Backends.open(device, 2);
                Weights weights = weights(backend, MIXED);
                ExecutorService pool = Executors.newFixedThreadPool(3)) {
            MemorySegment parameters =
                    weights.memory().write(weights.network().parameters().block());
            RandomStream.fillNormal(1, 0, parameters, 0, (int) (parameters.byteSize() / 4));
            float[] together;
            try (Sampler sampler = sampler(backend, DIFFUSION, MIXED, weights, config, 5)) {
                together = sample(sampler, MIXED, 0, 5, observed);
            }
            assertThat(together).doesNotContain(Float.NaN);
            List<Future<float[]>> alone = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                int number = i;
                int nodes = MIXED.nodes();
                float[] own = Arrays.copyOfRange(observed, i * nodes, (i + 1) * nodes);
                alone.add(pool.submit(() -> one(backend, weights, config, number, own)));
            }
            for (int i = 0; i < 5; i++) {
                int x = MIXED.values();
                assertThat(alone.get(i).get())
                        .containsExactly(Arrays.copyOfRange(together, i * x, (i + 1) * x));
            }
        }
    }

    private static float[] one(
            Backend backend, Weights weights, SamplerConfig config, int number, float[] observed) {
        try (Sampler sampler = sampler(backend, DIFFUSION, MIXED, weights, config, 2)) {
            return sample(sampler, MIXED, number, 1, observed);
        }
    }

    @ParameterizedTest
    @MethodSource("gsdm.nn.TestBackends#usable")
    void samplersKeepTheLayoutAndTheWeightsThatTheyShare(String device) {
        float[] observed = new float[2 * MIXED.nodes()];
        SamplerConfig config = SamplerConfig.ddim(5);
        try (Backend backend = Backends.open(device, 2);
                Weights weights = weights(backend, MIXED);
                BoundLayout bound = new BoundLayout(backend, weights.network(), MIXED);
                Sampler first = Sampler.open(backend, DIFFUSION, bound, weights, config, 2);
                Sampler second = Sampler.open(backend, DIFFUSION, bound, weights, config, 1)) {
            float[] before = sample(first, MIXED, 0, 2, observed);
            weights.close();
            bound.close();
            assertThat(sample(first, MIXED, 0, 2, observed)).isEqualTo(before);
            first.close();
            assertThat(sample(second, MIXED, 0, 2, observed)).isEqualTo(before);
            assertThatThrownBy(() -> Sampler.open(backend, DIFFUSION, bound, weights, config, 2))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the memory of [parameters] is closed");
        }
    }

    @ParameterizedTest
    @MethodSource("gsdm.nn.TestBackends#usable")
    void whatItTakesIsKnownBefore(String device) {
        SamplerConfig config = SamplerConfig.ddim(5);
        try (Backend backend = Backends.open(device, 1);
                Weights weights = weights(backend, MIXED);
                BoundLayout bound = new BoundLayout(backend, weights.network(), MIXED);
                Sampler sampler = Sampler.open(backend, DIFFUSION, bound, weights, config, 3)) {
            MemoryEstimate estimate =
                    Sampler.estimate(
                            backend,
                            weights.network(),
                            DIFFUSION,
                            LayoutBudget.of(MIXED),
                            config,
                            3);
            long taken =
                    sampler.bytesReserved() + weights.memory().bytes() + bound.memory().bytes();
            assertThat(estimate.total()).isCloseTo(taken, withinPercentage(5));
        }
    }

    @Test
    void aClosedSamplerSaysSo() {
        try (Backend backend = Backends.open("scalar", 1);
                Weights weights = weights(backend, MIXED)) {
            Sampler sampler = sampler(backend, DIFFUSION, MIXED, weights, SamplerConfig.ddim(5), 2);
            sampler.close();
            sampler.close();
            assertThatThrownBy(() -> sample(sampler, MIXED, 0, 1, new float[MIXED.nodes()]))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the sampler is closed");
            FailingBackend failing = new FailingBackend(backend, 0);
            assertThatThrownBy(() ->
                            sampler(failing, DIFFUSION, MIXED, weights, SamplerConfig.ddim(5), 2))
                    .isInstanceOf(IllegalStateException.class);
            failing.assertNothingOpen();
        }
    }
}
