package gsdm.graph.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Map;

class AncestralSamplerTest {
    private static final long KEY = RandomStream.seed(7);

    private static float[] draw(GraphicalModel model, long key) {
        float[] values = new float[model.nodeCount()];
        model.sampler().draw(key, values);
        return values;
    }

    @Test
    void factorizationMatchesPlainLoops() {
        GraphicalModel model = Examples.factorization(13, 7, 3);
        float[] v = draw(model, KEY);
        int r = 13 * 3;
        int c = r + 7 * 3;
        int e = c + 13 * 7 * 3;
        for (int i = 0; i < 13; i++) {
            for (int j = 0; j < 7; j++) {
                float sum = 0;
                for (int k = 0; k < 3; k++) {
                    float product = v[i * 3 + k] * v[r + j * 3 + k];
                    assertThat(v[c + (i * 7 + j) * 3 + k]).isEqualTo(product);
                    sum += product;
                }
                assertThat(v[e + i * 7 + j]).isEqualTo(sum);
            }
        }
    }

    @Test
    void convolutionMatchesPlainLoops() {
        GraphicalModel model = Examples.convolution();
        float[] v = draw(model, KEY);
        for (int n = 0; n < 3; n++) {
            for (int o = 0; o < 2; o++) {
                float[] best = {-1, -1, -1, -1};
                for (int y = 0; y < 4; y++) {
                    for (int x = 0; x < 4; x++) {
                        float sum = 0;
                        for (int tap = 0; tap < 6; tap++) {
                            int pixel = (n * 10 + 2 * y + tap / 2) * 9 + 2 * x + tap % 2 + 1;
                            sum += v[pixel] * v[model.offset("W") + o * 6 + tap];
                        }
                        float s = Math.max(sum + v[model.offset("b") + o], 0);
                        int at = ((n * 2 + o) * 4 + y) * 4 + x;
                        assertThat(v[model.offset("S") + at]).isEqualTo(s);
                        int pool = y / 2 * 2 + x / 2;
                        best[pool] = Math.max(best[pool], s);
                    }
                }
                for (int pool = 0; pool < 4; pool++) {
                    assertThat(v[model.offset("Q") + (n * 2 + o) * 4 + pool]).isEqualTo(best[pool]);
                }
            }
        }
    }

    @Test
    void everyOperationMatchesPlainLoops() {
        GraphicalModel model = Examples.operations();
        float[] v = draw(model, KEY);
        float all = 0;
        for (int i = 0; i < 5; i++) {
            float d = v[model.offset("D") + i];
            assertThat(d).isIn(0f, 1f, 2f);
            float mean = 0;
            for (int j = 0; j < 300; j++) {
                int at = i * 300 + j;
                float a = v[model.offset("A") + at];
                float b = ((float) StrictMath.tanh(a) - 0.25f) * d;
                float c = (float) StrictMath.exp(Math.max(b, a)) + v[model.offset("Z") + j];
                assertThat(v[model.offset("B") + at]).isEqualTo(b);
                assertThat(v[model.offset("C") + at]).isEqualTo(c);
                assertThat(v[model.offset("F") + at]).isEqualTo(2 * d);
                mean += c;
            }
            assertThat(v[model.offset("G") + i])
                    .isEqualTo(mean / 300 + v[model.offset("A") + i * 300 + 7]);
        }
        for (int i = 0; i < 5; i++) {
            for (int j = 0; j < 300; j++) {
                all += v[model.offset("A") + i * 300 + j];
            }
        }
        assertThat(v[model.offset("L")]).isEqualTo(all);
        for (int j = 0; j < 300; j++) {
            float most = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < 5; i++) {
                most =
                        Math.max(
                                most,
                                v[model.offset("C") + i * 300 + j]
                                        * v[model.offset("F") + i * 300 + j]);
            }
            assertThat(v[model.offset("H") + j]).isEqualTo(most);
            assertThat(v[model.offset("K") + j]).isEqualTo(1 - v[model.offset("Z") + j]);
        }
    }

    @Test
    void priorsHaveTheirMoments() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 100_000);
                    Array a = m.normal("A", 3, 0.5, i);
                    Array b = m.uniform("B", -2, 4, i);
                    Array c = m.categorical("C", 4, i);
                    m.let("S", a.at(i).plus(b.at(i)).plus(c.at(i)), i);
                });
        Map<String, Scale> scales = Scale.estimate(model, KEY);
        assertThat((double) scales.get("A").mean()).isCloseTo(3, within(0.01));
        assertThat((double) scales.get("A").std()).isCloseTo(0.5, within(0.01));
        assertThat((double) scales.get("B").mean()).isCloseTo(1, within(0.02));
        assertThat((double) scales.get("B").std()).isCloseTo(Math.sqrt(3), within(0.02));
        assertThat(scales.get("C")).isEqualTo(Scale.IDENTITY);
        double mean = 3 + 1 + 1.5;
        double std = Math.sqrt(0.25 + 3 + 1.25);
        assertThat((double) scales.get("S").mean()).isCloseTo(mean, within(0.02));
        assertThat((double) scales.get("S").std()).isCloseTo(std, within(0.02));
    }

    @Test
    void scalesOfFactorizationAreThoseOfTheory() {
        Map<String, Scale> scales = Scale.estimate(Examples.factorization(8, 8, 2), KEY);
        assertThat((double) scales.get("C").std()).isCloseTo(1, within(0.05));
        assertThat((double) scales.get("E").std()).isCloseTo(Math.sqrt(2), within(0.05));
        assertThat(scales.keySet()).containsExactly("A", "R", "C", "E");
    }

    @Test
    void anArrayThatNeverVariesHasUnitScale() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 3);
                    Array x = m.data("X", (key, index) -> 5, i);
                    m.let("Y", x.at(i).times(2), i);
                });
        assertThat(Scale.estimate(model, KEY)).containsEntry("Y", new Scale(10, 1));
    }

    @Test
    void valuesThatAreNotFiniteAreRefused() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Array x = m.normal("X", 200, 1);
                    m.let("Y", x.at().exp());
                });
        assertThatThrownBy(() -> Scale.estimate(model, KEY))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'Y'");
    }

    @Test
    void drawsDependOnTheKeyAlone() {
        GraphicalModel model = Examples.operations();
        AncestralSampler sampler = model.sampler();
        float[] values = new float[model.nodeCount() + 3];
        sampler.draw(RandomStream.fork(KEY, 1), values, 3);
        sampler.draw(KEY, values, 3);
        float[] again = draw(model, KEY);
        assertThat(Arrays.copyOfRange(values, 3, values.length)).isEqualTo(again);
        assertThat(draw(model, RandomStream.fork(KEY, 1))).isNotEqualTo(again);
    }

    @Test
    void deriveFollowsNewRoots() {
        GraphicalModel model = Examples.factorization(4, 3, 2);
        float[] values = draw(model, KEY);
        float[] other = draw(model, RandomStream.fork(KEY, 1));
        System.arraycopy(other, 0, values, 0, 4 * 2 + 3 * 2);
        model.sampler().derive(values, 0);
        assertThat(values).isEqualTo(other);
    }

    @Test
    void dataComesFromItsSource() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 4);
                    Array x = m.data("X", (key, index) -> index * 10, i);
                    m.let("Y", x.at(i).plus(1), i);
                });
        assertThat(draw(model, KEY)).containsExactly(0, 10, 20, 30, 1, 11, 21, 31);
        GraphicalModel other = model.withData("X", (key, index) -> -index);
        assertThat(draw(other, KEY)).containsExactly(0, -1, -2, -3, 1, 0, -1, -2);
    }

    @Test
    void refusesAnArrayTooShort() {
        GraphicalModel model = Examples.factorization(2, 2, 2);
        assertThatThrownBy(() -> model.sampler().draw(KEY, new float[model.nodeCount()], 1))
                .hasMessageContaining("expected room for 20 values");
    }
}
