package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.graph.model.Array;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.Expr;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;
import gsdm.graph.problem.Metric;
import gsdm.graph.problem.ProblemInstance;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.network.WeightKind;
import gsdm.nn.train.Batch;
import gsdm.nn.train.BatchPart;
import gsdm.nn.train.StepResult;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Folding in training, sampling and evaluation: the same nodes with the same values. */
class FoldedTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int EXAMPLES = 12;

    /** Weighted inputs, half of which are zero, and a kind with its opposite. */
    private static final GraphicalModel MODEL =
            GraphicalModel.define(m -> {
                Plate i = m.plate("i", 4);
                Array x =
                        m.data(
                                "x",
                                (key, index) ->
                                        RandomStream.below(key, index, 2)
                                                * (1 + RandomStream.uniform(key, index)),
                                i);
                Array w = m.normal("w", i);
                Array p = m.let("p", x.here().times(w.here()), i);
                Array kind = m.categorical("kind", 2);
                Array other = m.discrete("other", 2, Expr.constant(1).minus(kind.here()));
                m.let("twice", x.here().times(2), i);
                m.let("y", p.here().sum(i).plus(other.here()));
            });

    private static final Conditioning OBSERVED = Conditioning.parse("x, y | kind, w:0.5");
    private static final ModelSettings NETWORK = TestSettings.network(8, 1);
    private static final RunSettings TINY =
            RunSettings.DEFAULTS
                    .with(NETWORK)
                    .with(TrainingSettings.DEFAULTS.withBatch(EXAMPLES))
                    .with(SamplingSettings.DEFAULTS.withSteps(3));

    private static Backend backend;

    @BeforeAll
    static void open() {
        backend = Backends.open(Backends.AUTO, 2);
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    /** A batch as training draws it: what it holds and what of it counts as observed, [B, N]. */
    private record Drawn(float[] values, float[] observed) {
        static Drawn of(VariableLayout layout, boolean folding) {
            ModelBatches batches =
                    new ModelBatches(backend, MODEL, OBSERVED, layout, folding, 7, EXAMPLES);
            ValueCodec codec = new ValueCodec(layout);
            try (Arena arena = Arena.ofShared()) {
                Batch batch =
                        new Batch(
                                BatchPart.whole(EXAMPLES),
                                arena.allocate(FLOAT, (long) EXAMPLES * codec.values()),
                                arena.allocate(FLOAT, (long) EXAMPLES * codec.nodes()));
                batches.fill(1, batch);
                float[] values = new float[EXAMPLES * codec.nodes()];
                for (int example = 0; example < EXAMPLES; example++) {
                    codec.decode(batch.values(), example, values, example * codec.nodes());
                }
                return new Drawn(values, batch.observed().toArray(FLOAT));
            }
        }

        /** The observed values of an array, [B, nodes of the array], NaN elsewhere. */
        float[] seen(String array) {
            int nodes = MODEL.count(array);
            float[] seen = new float[EXAMPLES * nodes];
            for (int at = 0; at < seen.length; at++) {
                int node = at / nodes * MODEL.nodeCount() + MODEL.offset(array) + at % nodes;
                seen[at] = observed[node] == 1 ? values[node] : Float.NaN;
            }
            return seen;
        }
    }

    private static Posterior posterior(Training training) {
        return training.posterior(WeightKind.RAW, TINY.sampling());
    }

    @ParameterizedTest
    @EnumSource(ModelSystem.class)
    void whatTrainingFoldsIsWhatSamplingFolds(ModelSystem system) {
        RunSettings settings = TINY.with(NETWORK.withSystem(system));
        try (Training training = Training.start(backend, MODEL, OBSERVED, settings, 3, 10);
                Posterior posterior = posterior(training)) {
            training.run(2);
            Drawn plain = Drawn.of(training.layout(), false);
            Drawn folded = Drawn.of(training.layout(), true);
            Observations observations = Observations.none(MODEL, EXAMPLES);
            for (String array : new String[] {"x", "y", "kind", "w"}) {
                observations = observations.and(array, plain.seen(array));
            }
            float[] samples = posterior.sample(observations, 1, 5).values();
            int follow = 0;
            for (int node = 0; node < samples.length; node++) {
                String what = "node " + node % MODEL.nodeCount();
                assertThat(folded.values[node] == plain.values[node]).as(what).isTrue();
                assertThat(folded.observed[node]).isGreaterThanOrEqualTo(plain.observed[node]);
                if (folded.observed[node] == 1) {
                    assertThat(samples[node] == folded.values[node]).as(what).isTrue();
                    follow += 1 - (int) plain.observed[node];
                } else if (node % MODEL.nodeCount() < MODEL.offset("kind")) { // continuous
                    assertThat(samples[node] == folded.values[node]).as(what).isFalse();
                }
            }
            assertThat(follow).isGreaterThan(3 * EXAMPLES);
        }
    }

    @Test
    void withoutFoldingNothingFollows() {
        RunSettings settings = TINY.with(NETWORK.withFolding(false));
        Observations zeros = Observations.of(MODEL, "x", 0, 0, 0, 0).and("y", 1);
        try (Training training = Training.start(backend, MODEL, OBSERVED, settings, 3, 10);
                Posterior posterior = posterior(training)) {
            training.run(1);
            float[] p = posterior.sample(zeros, 1, 5).array("p");
            assertThat(p).doesNotContain(0);
            assertThat(Drawn.of(training.layout(), false).seen("twice")).containsOnly(Float.NaN);
        }
        try (Training training = Training.start(backend, MODEL, OBSERVED, TINY, 3, 10);
                Posterior posterior = posterior(training)) {
            training.run(1);
            assertThat(posterior.sample(zeros, 1, 5).array("p")).containsOnly(0);
        }
    }

    /** What follows needs no training. */
    @Test
    void whereAllFollowsNothingIsWarnedOf() {
        Observations roots =
                Observations.of(MODEL, "x", 0, 1, 2, 3).and("w", 1, 1, 1, 1).and("kind", 0);
        for (boolean folding : new boolean[] {true, false}) {
            RunSettings settings = TINY.with(NETWORK.withFolding(folding));
            try (Training training = Training.start(backend, MODEL, OBSERVED, settings, 3, 10);
                    Posterior posterior = posterior(training)) {
                assertThat(posterior.warnings(roots)).hasSize(folding ? 0 : 1);
            }
        }
    }

    @Test
    void anEvaluationFolds() {
        ProblemInstance instance = new ProblemInstance(MODEL, MODEL, OBSERVED, Metric.NONE);
        try (Training training =
                        Training.start(backend, MODEL, Conditioning.fixed("x"), TINY, 3, 10);
                Posterior posterior = posterior(training)) {
            int[] compared = {0};
            Evaluation.run(
                    posterior,
                    instance,
                    5,
                    1,
                    Optional.empty(),
                    new Evaluation.Listener() {
                        @Override
                        public boolean scored(int problems) {
                            return true;
                        }

                        @Override
                        public void sampled(int problem, float[] truth, float[] estimate) {
                            for (int place = 0; place < MODEL.count("twice"); place++) {
                                int node = MODEL.offset("twice") + place;
                                assertThat(estimate[node]).isEqualTo(truth[node]);
                                compared[0]++;
                            }
                        }
                    });
            assertThat(compared[0]).isEqualTo(5 * MODEL.count("twice"));
        }
    }

    @Test
    void whereAllFollowsNothingIsLearnedAndSamplesAreWhatFollows() {
        Conditioning seldom = Conditioning.parse("x, w, kind | y");
        RunSettings settings = TINY.with(TINY.training().withBatch(1));
        int idle = 0;
        try (Training training = Training.start(backend, MODEL, seldom, settings, 3, 10);
                Posterior posterior = posterior(training)) {
            for (int step = 0; step < 10; step++) {
                StepResult result = training.step();
                boolean nothing = result.arrayValues(0) == 0;
                assertThat(result.loss() == 0).isEqualTo(nothing);
                assertThat(result.gradientNorm()).isFinite();
                idle += nothing ? 1 : 0;
            }
            assertThat(idle).isBetween(1, 9);
            Observations all =
                    Observations.of(MODEL, "x", 0, 1, 2, 3).and("w", 5, -1, 0.5f, 2).and("kind", 0);
            Samples samples = posterior.sample(all, 2, 1);
            assertThat(samples.array("p")).containsExactly(0, -1, 1, 6, 0, -1, 1, 6);
            assertThat(samples.array("other")).containsExactly(1, 1);
            assertThat(samples.array("twice")).containsExactly(0, 2, 4, 6, 0, 2, 4, 6);
            assertThat(samples.array("y")).containsExactly(7, 7);
        }
    }

    @Test
    void trainingOfWhichAllFollowsIsRefused() {
        Conditioning roots = Conditioning.parse("x, w, kind | x, w, kind, p");
        assertThatThrownBy(() -> Training.start(backend, MODEL, roots, TINY, 3, 10).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("leaves nothing to infer");
        RunSettings plain = TINY.with(NETWORK.withFolding(false));
        Training.start(backend, MODEL, roots, plain, 3, 10).close();
    }
}
