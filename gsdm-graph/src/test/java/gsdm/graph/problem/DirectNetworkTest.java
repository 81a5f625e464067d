package gsdm.graph.problem;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.graph.model.GraphicalModel;

import org.junit.jupiter.api.Test;

/** The network against outputs worked out by hand. */
class DirectNetworkTest {

    private static double[] output(String layers, int side, float[] image, Object... arrays) {
        NetworkSpec spec = NetworkSpec.parse(layers);
        FeatureShape input = new FeatureShape(1, side, side);
        GraphicalModel model = NetworkModel.of(spec, input, 1, (key, index) -> 0);
        float[] values = new float[model.nodeCount()];
        System.arraycopy(image, 0, values, model.offset("x"), image.length);
        for (int i = 0; i < arrays.length; i += 2) {
            float[] weights = (float[]) arrays[i + 1];
            assertThat(model.count((String) arrays[i])).isEqualTo(weights.length);
            System.arraycopy(weights, 0, values, model.offset((String) arrays[i]), weights.length);
        }
        double[] direct = new DirectNetwork(spec, input, model).output(values, values, 0);
        model.sampler().derive(values, 0);
        double[] traced = new double[direct.length];
        for (int i = 0; i < traced.length; i++) {
            traced[i] = values[model.offset("y") + i];
        }
        assertThat(traced).isEqualTo(direct);
        return direct;
    }

    private static float[] f(double... values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    @Test
    void aConvolutionIsACorrelationWithTheKernel() {
        // 1 2 3      1 0     1 + 2*5  2 + 2*6     11 14
        // 4 5 6  by  0 2  =  4 + 2*8  5 + 2*9  =  20 23
        // 7 8 9
        assertThat(output("conv 1 2x2", 3, f(1, 2, 3, 4, 5, 6, 7, 8, 9), "W1", f(1, 0, 0, 2)))
                .containsExactly(11, 14, 20, 23);
    }

    @Test
    void strideBiasAndRelu() {
        float[] image = new float[25];
        for (int i = 0; i < 25; i++) {
            image[i] = i; // rows 0..4, 5..9, ...
        }
        // Channel 1 takes the center of each 3 x 3 block at stride 2: 6, 8, 16, 18.
        // Channel 2 takes right minus left of the middle row: 2 everywhere, minus 3, so ReLU gives
        // 0.
        assertThat(
                        output(
                                "conv 2 3x3 stride 2 bias relu",
                                5,
                                image,
                                "W1",
                                f(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, -1, 0, 1, 0, 0, 0),
                                "b1",
                                f(0.5, -3)))
                .containsExactly(6.5, 8.5, 16.5, 18.5, 0, 0, 0, 0);
    }

    @Test
    void severalChannelsPoolingAndLinear() {
        // Channels x and -x of a 2 x 2 image; the second layer adds 2x and 3(-x) at each pixel: -x;
        // pooling gives -1; linear doubles it and adds 5.
        assertThat(
                        output(
                                "conv 2 1x1; conv 1 1x1; maxpool 2; linear 1 bias",
                                2,
                                f(1, 2, 3, 4),
                                "W1",
                                f(1, -1),
                                "W2",
                                f(2, 3),
                                "W4",
                                f(2),
                                "b4",
                                f(5)))
                .containsExactly(3);
    }

    @Test
    void linearReadsChannelsThenRowsThenColumns() {
        assertThat(
                        output(
                                "conv 2 1x1; relu; linear 2",
                                2,
                                f(1, 2, 3, 4),
                                "W1",
                                f(1, 10),
                                "W2",
                                f(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0.5, 0, 0)))
                .containsExactly(1, 4 + 0.5 * 20);
    }

    @Test
    void aReluOfItsOwn() {
        assertThat(output("maxpool 2; relu; linear 1", 2, f(-1, -2, -3, -4), "W3", f(1)))
                .containsExactly(0);
    }
}
