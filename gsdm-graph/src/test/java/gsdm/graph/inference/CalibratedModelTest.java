package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.graph.inference.CalibratedModel.Moments;
import gsdm.graph.model.AncestralSampler;
import gsdm.graph.model.GraphicalModel;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The exact posteriors against the programs themselves, which know no likelihood: over draws of
 * values and data, z = (value − mean) / deviation has mean 0 and square 1, whatever is multiplied
 * by that is a function of the data.
 */
class CalibratedModelTest {
    private static final int DRAWS = 20_000;
    private static final int SEED = 11;

    /** Added to deviations, so that what is as good as known does not count beyond measure. */
    private static final double NEARLY_KNOWN = 0.02;

    /** Standard errors; some 300 averages are looked at. */
    private static final double MOST = 4.5;

    static Stream<Arguments> models() {
        return Stream.of(
                Arguments.of("mean", CalibratedModel.mean()),
                Arguments.of("schools", CalibratedModel.schools()),
                Arguments.of("mixture", CalibratedModel.mixture()),
                Arguments.of("autoregression", CalibratedModel.autoregression()),
                Arguments.of("scale", CalibratedModel.scale(5)),
                Arguments.of("scale of two", CalibratedModel.scale(2)),
                Arguments.of("square", CalibratedModel.square()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void exactPosteriorsAreThoseOfTheProgram(String name, CalibratedModel known) {
        GraphicalModel model = known.model();
        AncestralSampler prior = model.sampler();
        float[] values = new float[model.nodeCount()];
        List<double[]> sums = new ArrayList<>(); // of each average: sum, sum of squares
        for (int draw = 0; draw < DRAWS; draw++) {
            prior.draw(RandomStream.fork(RandomStream.seed(SEED), draw), values);
            Map<String, Moments[]> exact = known.posterior(values);
            int at = 0;
            for (String array : known.asked()) {
                for (int n = 0; n < model.count(array); n++) {
                    Moments moments = exact.get(array)[n];
                    double size = moments.deviation() + NEARLY_KNOWN;
                    double z = (values[model.offset(array) + n] - moments.mean()) / size;
                    double expected = Math.pow(moments.deviation() / size, 2);
                    for (double function : functions(known, values)) {
                        add(sums, at++, z * function);
                        add(sums, at++, (z * z - expected) * function);
                    }
                }
            }
        }
        for (int i = 0; i < sums.size(); i++) {
            double error = Math.sqrt(sums.get(i)[1]);
            assertThat(Math.abs(sums.get(i)[0]) / error)
                    .as("%s, average %d of seed %d", name, i, SEED)
                    .isLessThan(MOST);
        }
    }

    /** Bounded, so that no draw outweighs the others: 1, two of values and one of all sizes. */
    private static double[] functions(CalibratedModel known, float[] values) {
        GraphicalModel model = known.model();
        double first = values[model.offset(known.observed().getFirst())];
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (String array : known.observed()) {
            for (int n = 0; n < model.count(array); n++) {
                double value = values[model.offset(array) + n];
                sum += value;
                squares += value * value;
                count++;
            }
        }
        return new double[] {1, Math.tanh(first), Math.tanh(sum), Math.log1p(squares / count) / 4};
    }

    private static void add(List<double[]> sums, int at, double value) {
        if (at == sums.size()) {
            sums.add(new double[2]);
        }
        sums.get(at)[0] += value;
        sums.get(at)[1] += value * value;
    }
}
