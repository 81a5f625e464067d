package gsdm.graph.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gsdm.graph.model.AncestralSampler;
import gsdm.graph.model.Folding;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.ModelException;
import gsdm.graph.model.ObservationSampler;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

class BayesianNetworkTest {
    private static final long KEY = RandomStream.seed(21);
    private final Problem problem = Problems.named("bnn");

    private static List<float[]> draws(GraphicalModel model, int count, long key) {
        AncestralSampler sampler = model.sampler();
        List<float[]> draws = new ArrayList<>();
        for (int draw = 0; draw < count; draw++) {
            float[] values = new float[model.nodeCount()];
            sampler.draw(RandomStream.fork(key, draw), values);
            draws.add(values);
        }
        return draws;
    }

    /** Figures and their errors, with prior draws of their own. */
    private static Map<String, Double> score(
            ProblemInstance instance, List<float[]> truth, List<float[]> estimate) {
        List<float[]> prior = draws(instance.fresh(), truth.size(), KEY + 1);
        Scoring scoring = new Scoring(instance.metric());
        for (int set = 0; set < truth.size(); set++) {
            scoring.add(truth.get(set), estimate.get(set), prior.get(set));
        }
        return Score.numbers(scoring.scores());
    }

    @Test
    void theDefaultIsTheBenchmark() {
        GraphicalModel model = problem.build(Map.of()).model();
        assertThat(model.nodeCount()).isEqualTo(4814);
        assertThat(model.mask().edges()).isEqualTo(27_078);
        int weights = 0;
        for (String array : List.of("W1", "b1", "W3", "b3", "W4")) {
            weights += model.count(array);
        }
        assertThat(weights).isEqualTo(510);
        assertThat(model.count("x")).isEqualTo(2 * 196);
        assertThat(model.shape("y")).containsExactly(2, 10);
        assertThat(model.shape("W3")).containsExactly(10, 4, 3, 3);
        assertThat(4814 - 510 - 2 * 196).isEqualTo(2 * 1956);
    }

    /** Products of black pixels, and nothing else, follow from inputs and outputs. */
    @Test
    void productsOfBlackPixelsFollow() {
        ProblemInstance instance = problem.build(Map.of());
        GraphicalModel model = instance.model();
        ObservationSampler observations = instance.conditioning().sampler(model);
        Folding folding = model.folding();
        float[] flags = new float[model.nodeCount()];
        int first = model.offset("P1");
        int follow = 0;
        for (float[] values : draws(model, 100, KEY)) {
            float[] given = values.clone();
            observations.draw(KEY, MemorySegment.ofArray(flags), 0);
            folding.fold(given, MemorySegment.ofArray(flags), 0);
            for (int node = 0; node < flags.length; node++) {
                boolean product = node >= first && node < first + model.count("P1");
                boolean observed =
                        node < model.offset("x") + model.count("x") && node >= model.offset("x")
                                || node >= model.offset("y")
                                        && node < model.offset("y") + model.count("y");
                assertThat(flags[node] == 1)
                        .as("node %d", node)
                        .isEqualTo(observed || product && values[node] == 0);
                follow += product ? (int) flags[node] : 0;
            }
        }
        int unobserved = model.nodeCount() - model.count("x") - model.count("y");
        assertThat(follow / 100.0 / unobserved).isCloseTo(0.39, within(0.02));
    }

    @Test
    void tracedOutputsAreThoseOfTheNetwork() {
        for (String layers :
                List.of(
                        "conv 4 3x3 stride 2 bias; maxpool 2; conv 10 3x3 bias relu; linear 10",
                        "conv 3 4x4 stride 3 relu; conv 2 2x2 bias; relu; linear 5 bias relu;"
                                + " linear 3",
                        "maxpool 3; relu; linear 7 relu; linear 1 bias",
                        "conv 2 5x5 bias; maxpool 2; relu; conv 3 2x2; maxpool 2")) {
            NetworkSpec spec = NetworkSpec.parse(layers);
            FeatureShape input = new FeatureShape(1, 14, 14);
            ProblemInstance instance = problem.build(Map.of("layers", layers, "passes", "3"));
            GraphicalModel model = instance.model();
            DirectNetwork network = new DirectNetwork(spec, input, model);
            for (float[] values : draws(model, 5, KEY)) {
                for (int pass = 0; pass < 3; pass++) {
                    double[] expected = network.output(values, values, pass);
                    assertThat(model.count("y")).isEqualTo(3 * expected.length);
                    for (int i = 0; i < expected.length; i++) {
                        double found = values[model.offset("y") + pass * expected.length + i];
                        assertThat(found).as(layers).isCloseTo(expected[i], within(1e-5));
                    }
                }
            }
        }
    }

    @Test
    void weightsAreWithinOneOverTheRootOfTheFanIn() {
        GraphicalModel model = problem.build(Map.of()).model();
        Map<String, Integer> fanIn = Map.of("W1", 9, "b1", 9, "W3", 36, "b3", 36, "W4", 10);
        List<float[]> draws = draws(model, 200, KEY);
        fanIn.forEach((array, fan) -> {
            double most = 0;
            for (float[] values : draws) {
                for (int i = 0; i < model.count(array); i++) {
                    most = Math.max(most, Math.abs(values[model.offset(array) + i]));
                }
            }
            double bound = 1 / Math.sqrt(fan);
            assertThat(most).as(array).isBetween(0.98 * bound, bound * (1 + 1e-6));
        });
    }

    /** Published for this benchmark: all zero 0.335 ± 0.155 over observation sets, prior 0.49. */
    @Test
    void theMetricGivesThePublishedFiguresOfTrivialEstimates() {
        ProblemInstance instance = problem.build(Map.of());
        GraphicalModel model = instance.fresh();
        List<float[]> truth = draws(model, 1000, KEY);
        List<float[]> zeros = new ArrayList<>();
        for (int set = 0; set < truth.size(); set++) {
            zeros.add(new float[model.nodeCount()]);
        }
        Map<String, Double> score = score(instance, truth, zeros);
        assertThat(score.keySet())
                .containsExactly(
                        "rmse",
                        "rmse_sem",
                        "rmse_std",
                        "rmse_std_sem",
                        "rmse_zero",
                        "rmse_zero_sem",
                        "rmse_prior",
                        "rmse_prior_sem",
                        "rmse_constant",
                        "rmse_constant_sem");
        assertThat(score.get("rmse_constant")).isCloseTo(0.079, within(0.01));
        assertThat(score.get("rmse")).isCloseTo(0.335, within(0.02));
        assertThat(score.get("rmse_std")).isCloseTo(0.155, within(0.015));
        assertThat(score.get("rmse_sem"))
                .isCloseTo(score.get("rmse_std") / Math.sqrt(999), within(1e-12));
        assertThat(score.get("rmse_zero")).isCloseTo(score.get("rmse"), within(1e-12));
        assertThat(score.get("rmse_prior")).isCloseTo(0.49, within(0.02));
        assertThat(score(instance, truth, truth)).containsEntry("rmse", 0.0);
    }

    @Test
    void evaluationSeesOtherImagesThanTraining() {
        Map<String, String> small =
                Map.of("image", "7", "layers", "linear 1", "passes", "1", "observed", "x, y");
        ProblemInstance instance = problem.build(small);
        Set<String> training = images(instance.model());
        Set<String> fresh = images(instance.fresh());
        assertThat(training).hasSizeGreaterThan(2500);
        assertThat(fresh).hasSizeBetween(900, 1000).doesNotContainAnyElementsOf(training);
    }

    private static Set<String> images(GraphicalModel model) {
        Set<String> images = new HashSet<>();
        for (float[] values : draws(model, 5000, KEY)) {
            images.add(Arrays.toString(Arrays.copyOf(values, 49)));
        }
        return images;
    }

    @Test
    void theLeastOfEverySettingIsAProblem() {
        ProblemInstance instance =
                problem.build(Map.of("image", "1", "passes", "1", "layers", "linear 1"));
        assertThat(instance.model().nodeCount()).isEqualTo(1 + 3); // the pixel, W1, P1 and y
        List<float[]> truth = draws(instance.fresh(), 3, KEY);
        for (float[] values : truth) {
            float product = values[instance.model().offset("x")];
            product *= values[instance.model().offset("W1")];
            assertThat(values[instance.model().offset("y")]).isEqualTo(product);
        }
        assertThat(score(instance, truth, truth)).containsEntry("rmse", 0.0);
    }

    @Test
    void wrongSettingsSaySo() {
        assertThatThrownBy(() -> problem.build(Map.of("image", "13")))
                .hasMessageContaining("choose a divisor of 14");
        assertThatThrownBy(() -> problem.build(Map.of("layers", "conv 1 20x20")))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("does not fit its input");
        assertThatThrownBy(() -> problem.build(Map.of("observed", "x, W2")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("no array 'W2'");
        assertThatThrownBy(() -> problem.build(Map.of("mnist", "nowhere")))
                .hasMessageContaining("no MNIST training images in 'nowhere'");
        assertThatThrownBy(() -> problem.build(Map.of("passes", "99999999999")))
                .isInstanceOf(ProblemException.class)
                .hasMessage("problem.passes: expected at most 2147483647, found '99999999999'");
    }
}
