package gsdm.graph.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gsdm.graph.model.Array;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.function.Consumer;

class ConsistencyTest {
    private static final long KEY = RandomStream.seed(5);

    /** The scores of 300 draws that something was done to. */
    private static Map<String, Score> scores(GraphicalModel model, Consumer<float[]> change) {
        Scoring scoring = new Scoring(new Consistency(model, KEY));
        for (int problem = 0; problem < 300; problem++) {
            float[] values = new float[model.nodeCount()];
            model.sampler().draw(RandomStream.fork(KEY, problem), values);
            change.accept(values);
            scoring.add(values, values, values);
        }
        return scoring.scores();
    }

    private static void addNoise(GraphicalModel model, String array, double std, float[] values) {
        long key = RandomStream.fork(KEY, Float.floatToIntBits(values[0]));
        for (int i = 0; i < model.count(array); i++) {
            values[model.offset(array) + i] += (float) std * RandomStream.normal(key, i);
        }
    }

    @Test
    void drawsAreConsistent() {
        GraphicalModel model = MatrixFactorization.model(5, 4, 3);
        Map<String, Score> scores = scores(model, _ -> {});
        assertThat(scores)
                .containsExactly(
                        Map.entry("consistency/C", new Score(0, 0)),
                        Map.entry("consistency/E", new Score(0, 0)));
    }

    /** Products vary by 1, their sums over k by √3; noise of products is added up alike. */
    @Test
    void noiseIsMeasuredInDeviationsOfTheArray() {
        GraphicalModel model = MatrixFactorization.model(5, 4, 3);
        Map<String, Score> products = scores(model, v -> addNoise(model, "C", 0.1, v));
        assertThat(products.get("consistency/C").value()).isCloseTo(0.1, within(0.003));
        assertThat(products.get("consistency/E").value()).isCloseTo(0.1, within(0.004));
        Map<String, Score> sums = scores(model, v -> addNoise(model, "E", 0.1, v));
        assertThat(sums.get("consistency/C").value()).isZero();
        assertThat(sums.get("consistency/E").value()).isCloseTo(0.1 / Math.sqrt(3), within(0.002));
    }

    @Test
    void ofDiscreteArraysTheShareThatDiffers() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 10);
                    Array kind = m.categorical("kind", 3, i);
                    m.discrete("twice", 5, kind.at(i).times(2), i);
                });
        Map<String, Score> scores =
                scores(
                        model,
                        v -> {
                            v[model.offset("twice") + 3] += 1;
                            v[model.offset("kind") + 7] = 3;
                        });
        assertThat(scores.get("consistency/twice").value()).isCloseTo(0.2, within(1e-12));
    }
}
