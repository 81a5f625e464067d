package gsdm.graph.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class MatrixFactorizationTest {
    private final ProblemInstance instance =
            Problems.named("matrix-factorization")
                    .build(Map.of("rows", "5", "cols", "4", "rank", "3"));

    private List<float[]> draws(int count, long key) {
        List<float[]> draws = new ArrayList<>();
        for (int draw = 0; draw < count; draw++) {
            float[] values = new float[instance.model().nodeCount()];
            instance.model().sampler().draw(RandomStream.fork(key, draw), values);
            draws.add(values);
        }
        return draws;
    }

    private Map<String, Double> score(List<float[]> truth, List<float[]> estimate) {
        Scoring scoring = new Scoring(instance.metric());
        for (int problem = 0; problem < truth.size(); problem++) {
            scoring.add(truth.get(problem), estimate.get(problem), new float[0]);
        }
        return Score.numbers(scoring.scores());
    }

    @Test
    void truthScoresZeroAndAPriorDrawTheTheory() {
        List<float[]> truth = draws(2000, 1);
        Map<String, Double> exact = score(truth, truth);
        assertThat(exact.keySet())
                .containsExactly("rmse", "rmse_sem", "rmse_relative", "rmse_relative_sem");
        assertThat(exact.get("rmse")).isCloseTo(0, within(1e-6));
        // Var(E - E') / rank = 2, Var(E) = rank.
        Map<String, Double> prior = score(truth, draws(2000, 2));
        assertThat(prior.get("rmse")).isCloseTo(Math.sqrt(2), within(0.05));
        assertThat(prior.get("rmse_relative")).isCloseTo(Math.sqrt(2), within(0.05));
    }

    @Test
    void aZeroEstimateScoresTheSpreadOfE() {
        float[] values = new float[instance.model().nodeCount()];
        int e = instance.model().offset("E");
        for (int entry = 0; entry < 20; entry++) {
            values[e + entry] = entry % 2 == 0 ? 3 : -3;
        }
        Map<String, Double> score = score(List.of(values), List.of(new float[values.length]));
        assertThat(score.get("rmse")).isCloseTo(Math.sqrt(3), within(1e-12));
        assertThat(score.get("rmse_relative")).isCloseTo(1, within(1e-12));
    }

    @Test
    void observesEByDefault() {
        assertThat(instance.conditioning()).hasToString("E");
        assertThat(instance.model().nodeCount()).isEqualTo(15 + 12 + 60 + 20);
    }

    @Test
    void wrongSettingsNameTheRightOnes() {
        Problem problem = Problems.named("matrix-factorization");
        assertThatThrownBy(() -> problem.build(Map.of("row", "3")))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("problem.row is unknown: did you mean problem.rows?");
        assertThatThrownBy(() -> problem.build(Map.of("rank", "0")))
                .hasMessageContaining(
                        "problem.rank: expected a whole number of at least 1, found '0'");
        assertThatThrownBy(() -> problem.build(Map.of("rank", "ten")))
                .hasMessageContaining("found 'ten'");
        assertThatThrownBy(() -> problem.build(Map.of("observed", "F")))
                .hasMessageContaining("no array 'F'");
        assertThatThrownBy(() -> Problems.named("matrix-factorisation"))
                .hasMessageContaining("did you mean 'matrix-factorization'");
        assertThat(Settings.of(problem.parameters(), Map.of("rank", "2")).values())
                .containsExactly(
                        Map.entry("rows", "16"),
                        Map.entry("cols", "16"),
                        Map.entry("rank", "2"),
                        Map.entry("observed", "E"));
    }
}
