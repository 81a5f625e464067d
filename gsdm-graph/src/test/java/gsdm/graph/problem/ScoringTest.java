package gsdm.graph.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gsdm.graph.model.AncestralSampler;
import gsdm.graph.model.GraphicalModel;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

class ScoringTest {
    private static final long KEY = RandomStream.seed(9);

    /** The mean and the root of the first value of the truth. */
    private static final Metric FIRST =
            new Metric() {
                @Override
                public SequencedMap<String, Figure> figures() {
                    SequencedMap<String, Figure> figures = new LinkedHashMap<>();
                    figures.put("mean", means -> means[0]);
                    figures.put("root", means -> Math.sqrt(means[0]));
                    return figures;
                }

                @Override
                public double[] terms(float[] truth, float[] estimate, float[] prior) {
                    return new double[] {truth[0]};
                }
            };

    private static SequencedMap<String, Score> first(float... values) {
        Scoring scoring = new Scoring(FIRST);
        for (float value : values) {
            scoring.add(new float[] {value}, new float[0], new float[0]);
        }
        return scoring.scores();
    }

    /** Deviation √(20/3) over √4; without each problem the roots of 5, 13/3, 11/3 and 3. */
    @Test
    void theErrorOfAMeanIsTheDeviationOverTheRoot() {
        SequencedMap<String, Score> scores = first(1, 3, 5, 7);
        assertThat(scores.get("mean").value()).isEqualTo(4);
        assertThat(scores.get("mean").error()).isCloseTo(Math.sqrt(5 / 3.0), within(1e-12));
        double[] roots = {Math.sqrt(5), Math.sqrt(13 / 3.0), Math.sqrt(11 / 3.0), Math.sqrt(3)};
        double mean = (roots[0] + roots[1] + roots[2] + roots[3]) / 4;
        double squares = 0;
        for (double root : roots) {
            squares += (root - mean) * (root - mean);
        }
        assertThat(scores.get("root").value()).isEqualTo(2);
        assertThat(scores.get("root").error())
                .isCloseTo(Math.sqrt(3 / 4.0 * squares), within(1e-12));
    }

    @Test
    void figuresStandBeforeTheirErrors() {
        SequencedMap<String, Score> scores = first(4, 4);
        assertThat(Score.numbers(scores))
                .containsExactly(
                        Map.entry("mean", 4.0),
                        Map.entry("mean_sem", 0.0),
                        Map.entry("root", 2.0),
                        Map.entry("root_sem", 0.0));
        assertThat(Score.isError("mean")).isFalse();
        assertThat(Score.isError("mean_sem")).isTrue();
        assertThat(scores.get("root")).hasToString("2.0000 ± 0.0000");
    }

    @Test
    void oneProblemTellsNoError() {
        Score score = first(9).get("root");
        assertThat(score.value()).isEqualTo(3);
        assertThat(score.error()).isNaN();
        assertThat(score).hasToString("3.0000");
    }

    @Test
    void errorsOfMatricesAreWhatRepetitionsVaryBy() {
        ProblemInstance instance =
                Problems.named("matrix-factorization")
                        .build(Map.of("rows", "5", "cols", "4", "rank", "3"));
        check(instance, "rmse", "rmse_relative", "consistency/C", "consistency/E");
    }

    @Test
    void errorsOfNetworksAreWhatRepetitionsVaryBy() {
        ProblemInstance instance =
                Problems.named("bnn")
                        .build(
                                Map.of(
                                        "image",
                                        "7",
                                        "layers",
                                        "conv 2 3x3 stride 2 bias; maxpool 3; linear 3"));
        check(
                instance,
                "rmse",
                "rmse_std",
                "rmse_zero",
                "rmse_prior",
                "rmse_constant",
                "consistency/y");
    }

    /**
     * Scores many sets of problems, each sample its truth beside a noise that is larger in some
     * problems than in others: figures vary over the sets by their standard errors.
     */
    private static void check(ProblemInstance instance, String... names) {
        int sets = 400;
        int problems = 60;
        GraphicalModel model = instance.fresh();
        AncestralSampler sampler = model.sampler();
        Consistency consistency = new Consistency(model, KEY);
        Map<String, double[]> sums = new LinkedHashMap<>(); // value, its square, error
        for (int set = 0; set < sets; set++) {
            List<Scoring> scorings =
                    List.of(new Scoring(instance.metric()), new Scoring(consistency));
            for (int problem = 0; problem < problems; problem++) {
                long key = RandomStream.fork(RandomStream.fork(KEY, set), problem);
                float[] truth = new float[model.nodeCount()];
                float[] prior = new float[model.nodeCount()];
                sampler.draw(RandomStream.fork(key, 0), truth);
                sampler.draw(RandomStream.fork(key, 1), prior);
                float[] estimate = truth.clone();
                double noise = 0.3 * RandomStream.uniform(RandomStream.fork(key, 2), 0);
                for (int node = 0; node < estimate.length; node++) {
                    estimate[node] +=
                            (float) noise * RandomStream.normal(RandomStream.fork(key, 3), node);
                }
                scorings.forEach(scoring -> scoring.add(truth, estimate, prior));
            }
            for (Scoring scoring : scorings) {
                scoring.scores()
                        .forEach((name, score) -> {
                            double[] sum = sums.computeIfAbsent(name, _ -> new double[3]);
                            sum[0] += score.value() / sets;
                            sum[1] += score.value() * score.value() / sets;
                            sum[2] += score.error() / sets;
                        });
            }
        }
        assertThat(sums).containsKeys(names);
        sums.forEach((name, sum) -> {
            double spread = Math.sqrt(sum[1] - sum[0] * sum[0]);
            assertThat(sum[2] / spread)
                    .as("%s: %s over %s", name, sum[2], spread)
                    .isBetween(0.85, 1.15);
        });
    }
}
