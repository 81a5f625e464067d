package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.problem.Metric;
import gsdm.graph.problem.ProblemInstance;
import gsdm.graph.problem.Scoring;
import gsdm.nn.network.WeightKind;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Of a model with discrete arrays, whatever its weights. */
class EvaluationTest {
    private static final RunSettings TINY =
            RunSettings.DEFAULTS
                    .with(TestSettings.network(8, 1))
                    .with(TrainingSettings.DEFAULTS.withBatch(2))
                    .with(SamplingSettings.DEFAULTS.withSteps(3));
    private static final GraphicalModel MODEL = Mixture.MODEL;
    private static final ProblemInstance INSTANCE = instance("x, mood");

    private static Backend backend;
    private static Posterior posterior;

    private static ProblemInstance instance(String observed) {
        return new ProblemInstance(MODEL, MODEL, Conditioning.parse(observed), new WrongKinds());
    }

    /** How many points are said to be of the wrong kind, and a prior draw. */
    private record WrongKinds() implements Metric {
        @Override
        public SequencedMap<String, Figure> figures() {
            SequencedMap<String, Figure> figures = new LinkedHashMap<>();
            figures.put("wrong", means -> means[0]);
            figures.put("prior", means -> means[1]);
            return figures;
        }

        @Override
        public double[] terms(float[] truth, float[] estimate, float[] prior) {
            int wrong = 0;
            for (int node = 0; node < MODEL.count("kind"); node++) {
                int at = MODEL.offset("kind") + node;
                wrong += truth[at] == estimate[at] ? 0 : 1;
            }
            return new double[] {wrong, prior[MODEL.offset("noise")]};
        }
    }

    @BeforeAll
    static void open() {
        backend = Backends.open(Backends.AUTO, 1);
        try (Training training =
                Training.start(backend, MODEL, INSTANCE.conditioning(), TINY, 3, 10)) {
            training.run(2);
            posterior = training.posterior(WeightKind.RAW, TINY.sampling());
        }
    }

    @AfterAll
    static void close() {
        posterior.close();
        backend.close();
    }

    @Test
    void whatIsObservedIsAsInTheTruthAndTheRestIsSampled() {
        Evaluation evaluation = Evaluation.run(posterior, INSTANCE, 20, 1);
        assertThat(evaluation.truth()).hasSize(20);
        assertThat(evaluation.estimate()).hasSize(20);
        int differing = 0;
        for (int problem = 0; problem < 20; problem++) {
            float[] truth = evaluation.truth().get(problem);
            float[] estimate = evaluation.estimate().get(problem);
            for (String observed : List.of("x", "mood")) {
                for (int i = 0; i < MODEL.count(observed); i++) {
                    int at = MODEL.offset(observed) + i;
                    assertThat(estimate[at]).as(observed).isEqualTo(truth[at]);
                }
            }
            for (int i = 0; i < MODEL.count("kind"); i++) {
                assertThat(estimate[MODEL.offset("kind") + i]).isIn(0f, 1f);
                int noise = MODEL.offset("noise") + i;
                differing += truth[noise] == estimate[noise] ? 0 : 1;
            }
        }
        assertThat(differing).isEqualTo(20 * MODEL.count("noise"));
        assertThat(evaluation.scores().keySet()).containsExactly("wrong", "prior", "consistency/x");
        Scoring scoring = new Scoring(new WrongKinds());
        for (int problem = 0; problem < 20; problem++) {
            float[] truth = evaluation.truth().get(problem);
            scoring.add(truth, evaluation.estimate().get(problem), truth);
        }
        assertThat(evaluation.scores().get("wrong")).isEqualTo(scoring.scores().get("wrong"));
        assertThat(evaluation.metrics().keySet())
                .containsExactly(
                        "wrong",
                        "wrong_sem",
                        "prior",
                        "prior_sem",
                        "consistency/x",
                        "consistency/x_sem");
        assertThat(evaluation.toString())
                .startsWith("Evaluation[{wrong=")
                .endsWith(", 20 problems]");
    }

    @Test
    void problemsAreFunctionsOfSeedAndNumber() {
        Evaluation five = Evaluation.run(posterior, INSTANCE, 5, 1);
        Evaluation three = Evaluation.run(posterior, INSTANCE, 3, 1);
        Evaluation others = Evaluation.run(posterior, INSTANCE, 3, 2);
        for (int problem = 0; problem < 3; problem++) {
            assertThat(three.truth().get(problem)).containsExactly(five.truth().get(problem));
            assertThat(three.estimate().get(problem)).containsExactly(five.estimate().get(problem));
            assertThat(others.truth().get(problem)).isNotEqualTo(five.truth().get(problem));
        }
        assertThat(five.truth().get(0)).isNotEqualTo(five.truth().get(1));
        Evaluation again = Evaluation.run(posterior, INSTANCE, 3, 1);
        assertThat(again.scores()).isEqualTo(three.scores());
        assertThat(others.metrics().get("prior")).isNotEqualTo(three.metrics().get("prior"));
    }

    @Test
    void progressCountsTheProblems() {
        List<Integer> told = new ArrayList<>();
        Evaluation.run(
                posterior,
                INSTANCE,
                1030,
                1,
                done -> {
                    told.add(done);
                    return true;
                });
        assertThat(told).isSorted().endsWith(1030).hasSizeGreaterThan(1);
    }

    @Test
    void oneThatIsCutShortIsOneOfFewerProblems() {
        Evaluation cut = Evaluation.run(posterior, INSTANCE, 1030, 1, _ -> false);
        int scored = cut.truth().size();
        assertThat(scored).isBetween(1, 1029);
        assertThat(cut.estimate()).hasSize(scored);
        assertThat(cut.scores()).isEqualTo(Evaluation.run(posterior, INSTANCE, scored, 1).scores());
    }

    /** Training never observed that, but here the run itself says what is observed. */
    @Test
    void whatTheRunObservesDecidesNotTheProblem() {
        Evaluation evaluation = Evaluation.run(posterior, instance("kind"), 1, 1);
        float[] truth = evaluation.truth().getFirst();
        assertThat(evaluation.estimate().getFirst()[MODEL.offset("x")])
                .isEqualTo(truth[MODEL.offset("x")]);
    }

    @Test
    void noProblemIsRefused() {
        for (int none : new int[] {0, -1}) {
            assertThatThrownBy(() -> Evaluation.run(posterior, INSTANCE, none, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("problems must be 1 or more; found " + none);
        }
    }
}
