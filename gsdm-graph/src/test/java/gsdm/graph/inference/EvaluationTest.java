package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.problem.Metric;
import gsdm.graph.problem.ProblemInstance;
import gsdm.graph.problem.Scoring;
import gsdm.nn.network.WeightKind;
import gsdm.nn.sample.SamplerConfig.Solver;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/** Of a model with discrete arrays, whatever its weights. */
class EvaluationTest {
    private static final RunSettings TINY =
            RunSettings.DEFAULTS
                    .with(TestSettings.network(8, 1))
                    .with(TrainingSettings.DEFAULTS.withBatch(2))
                    .with(SamplingSettings.DEFAULTS.withSteps(3).withGibbsSweeps(0));
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

    /** Keeps all that is sampled, and ends after so many problems. */
    private static final class Collector implements Evaluation.Listener {
        private final List<float[]> truth = new ArrayList<>();
        private final List<float[]> estimate = new ArrayList<>();

        @Override
        public boolean scored(int problems) {
            return true;
        }

        @Override
        public void sampled(int problem, float[] values, float[] sample) {
            assertThat(problem).isEqualTo(truth.size());
            truth.add(values);
            estimate.add(sample);
        }

        static Collector of(int problems, long seed) {
            Collector all = new Collector();
            Evaluation.run(posterior, INSTANCE, problems, seed, Optional.empty(), all);
            return all;
        }
    }

    @Test
    void whatIsObservedIsAsInTheTruthAndTheRestIsSampled() {
        Collector all = new Collector();
        Evaluation evaluation = Evaluation.run(posterior, INSTANCE, 20, 1, Optional.empty(), all);
        assertThat(all.truth).hasSize(20);
        assertThat(evaluation.truth()).containsExactly(all.truth.getFirst());
        assertThat(evaluation.estimate()).containsExactly(all.estimate.getFirst());
        int differing = 0;
        for (int problem = 0; problem < 20; problem++) {
            float[] truth = all.truth.get(problem);
            float[] estimate = all.estimate.get(problem);
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
            float[] truth = all.truth.get(problem);
            scoring.add(truth, all.estimate.get(problem), truth);
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
        Collector five = Collector.of(5, 1);
        Collector three = Collector.of(3, 1);
        Collector others = Collector.of(3, 2);
        for (int problem = 0; problem < 3; problem++) {
            assertThat(three.truth.get(problem)).containsExactly(five.truth.get(problem));
            assertThat(three.estimate.get(problem)).containsExactly(five.estimate.get(problem));
            assertThat(others.truth.get(problem)).isNotEqualTo(five.truth.get(problem));
        }
        assertThat(five.truth.get(0)).isNotEqualTo(five.truth.get(1));
        Evaluation once = Evaluation.run(posterior, INSTANCE, 3, 1);
        Evaluation again = Evaluation.run(posterior, INSTANCE, 3, 1);
        Evaluation other = Evaluation.run(posterior, INSTANCE, 3, 2);
        assertThat(again.scores()).isEqualTo(once.scores());
        assertThat(other.metrics().get("prior")).isNotEqualTo(once.metrics().get("prior"));
    }

    @Test
    void progressCountsProblemsAndSteps() {
        List<Integer> problems = new ArrayList<>();
        List<Long> steps = new ArrayList<>();
        Evaluation.run(
                posterior,
                INSTANCE,
                1030,
                1,
                Optional.empty(),
                new Evaluation.Listener() {
                    @Override
                    public boolean scored(int done) {
                        problems.add(done);
                        return true;
                    }

                    @Override
                    public void stepped(long done, long of) {
                        assertThat(of).isEqualTo(2 * TINY.sampling().steps());
                        steps.add(done);
                    }
                });
        assertThat(problems).containsExactly(posterior.batch(), 1030);
        assertThat(steps).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    }

    @Test
    void oneThatIsCutShortIsOneOfFewerProblems() {
        Evaluation cut = Evaluation.run(posterior, INSTANCE, 1030, 1, Optional.empty(), _ -> false);
        int scored = cut.problems();
        assertThat(scored).isBetween(1, 1029);
        assertThat(cut.scores()).isEqualTo(Evaluation.run(posterior, INSTANCE, scored, 1).scores());
    }

    /** Ends an evaluation as a kill would, and counts the steps it was told of. */
    private static final class Killer implements Evaluation.Listener {
        private static final class Killed extends RuntimeException {
            private static final long serialVersionUID = 1;
        }

        private final int afterSteps;
        private int steps;

        Killer(int afterSteps) {
            this.afterSteps = afterSteps;
        }

        @Override
        public boolean scored(int problems) {
            return true;
        }

        @Override
        public void stepped(long done, long of) {
            steps++;
            if (steps == afterSteps) {
                throw new Killed();
            }
        }
    }

    private static Evaluation keptIn(
            Path folder, Posterior of, int problems, long seed, Evaluation.Listener listener) {
        return Evaluation.run(
                of, INSTANCE, problems, seed, Optional.of(folder), Duration.ZERO, listener);
    }

    @ParameterizedTest
    @EnumSource(Solver.class)
    void oneThatWasKilledGoesOnWhereItWas(Solver solver, @TempDir Path folder) {
        SamplingSettings sampling = TINY.sampling().withSteps(6).withSolver(solver);
        try (Training training =
                        Training.start(backend, MODEL, INSTANCE.conditioning(), TINY, 3, 10);
                Posterior own = training.posterior(WeightKind.RAW, sampling)) {
            Evaluation unbroken = Evaluation.run(own, INSTANCE, 1030, 1);
            int taken = 0;
            for (int steps : new int[] {4, 3}) {
                Killer killer = new Killer(steps);
                assertThatThrownBy(() -> keptIn(folder, own, 1030, 1, killer))
                        .isInstanceOf(Killer.Killed.class);
                taken += steps;
            }
            Killer counter = new Killer(-1);
            Evaluation broken = keptIn(folder, own, 1030, 1, counter);
            assertThat(taken + counter.steps).as("steps").isEqualTo(12);
            assertThat(broken.scores()).isEqualTo(unbroken.scores());
            assertThat(broken.truth()).containsExactly(unbroken.truth());
            assertThat(broken.estimate()).containsExactly(unbroken.estimate());
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void ofWhatWasScoredAnEvaluationTakesWhatItAsksFor(@TempDir Path folder) {
        assertThatThrownBy(() -> keptIn(folder, posterior, 1030, 1, new Killer(4)))
                .isInstanceOf(Killer.Killed.class);
        Killer counter = new Killer(-1);
        Evaluation fewer = keptIn(folder, posterior, 7, 1, counter);
        assertThat(counter.steps).isZero();
        assertThat(fewer).hasToString(Evaluation.run(posterior, INSTANCE, 7, 1).toString());
    }

    @Test
    void anotherEvaluationAndADamagedFileAreLeftAside(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> keptIn(folder, posterior, 1030, 1, new Killer(4)))
                .isInstanceOf(Killer.Killed.class);
        Killer other = new Killer(-1);
        keptIn(folder, posterior, 3, 2, other);
        assertThat(other.steps).as("of another seed").isEqualTo(TINY.sampling().steps());
        assertThatThrownBy(() -> keptIn(folder, posterior, 1030, 1, new Killer(4)))
                .isInstanceOf(Killer.Killed.class);
        Path file;
        try (Stream<Path> files = Files.list(folder)) {
            file = files.findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        Killer anew = new Killer(-1);
        Evaluation evaluation = keptIn(folder, posterior, 7, 1, anew);
        assertThat(anew.steps).isEqualTo(TINY.sampling().steps());
        assertThat(evaluation).hasToString(Evaluation.run(posterior, INSTANCE, 7, 1).toString());
    }

    /** Training never observed that, but here the run itself says what is observed. */
    @Test
    void whatTheRunObservesDecidesNotTheProblem() {
        Evaluation evaluation = Evaluation.run(posterior, instance("kind"), 1, 1);
        assertThat(evaluation.estimate()[MODEL.offset("x")])
                .isEqualTo(evaluation.truth()[MODEL.offset("x")]);
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
