package gsdm.graph.problem;

/** Sizes of a network's values between two layers. */
public record FeatureShape(int channels, int height, int width) {

    /** What comes out of a layer. */
    FeatureShape after(Layer layer) {
        return switch (layer) {
            case Layer.Conv conv ->
                    new FeatureShape(
                            conv.channels(),
                            steps(height, conv.kernel(), conv.stride(), layer),
                            steps(width, conv.kernel(), conv.stride(), layer));
            case Layer.MaxPool pool ->
                    new FeatureShape(
                            channels,
                            steps(height, pool.size(), pool.size(), layer),
                            steps(width, pool.size(), pool.size(), layer));
            case Layer.Relu _ -> this;
            case Layer.Linear linear -> new FeatureShape(linear.units(), 1, 1);
        };
    }

    /** How many values each output of a layer with weights adds up. */
    int fanIn(Layer layer) {
        return switch (layer) {
            case Layer.Conv conv -> channels * conv.kernel() * conv.kernel();
            case Layer.Linear _ -> channels * height * width;
            case Layer.MaxPool _, Layer.Relu _ ->
                    throw new IllegalArgumentException(layer + " has no weights");
        };
    }

    private int steps(int size, int window, int stride, Layer layer) {
        if (window > size) {
            throw new ProblemException(
                    ("problem.layers: '%s' does not fit its input of %d channels of %d x %d; choose"
                                    + " a smaller one, or larger images")
                            .formatted(NetworkSpec.text(layer), channels, height, width));
        }
        return (size - window) / stride + 1;
    }
}
