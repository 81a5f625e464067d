package gsdm.graph.problem;

import gsdm.graph.data.MnistImages;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;

import java.nio.file.Path;
import java.util.List;

/** The weights of a small convolutional network, to be found from a few inputs and outputs. */
public final class BayesianNetwork implements Problem {
    /** One tenth of the images is for evaluation and never trained on. */
    private static final int HELD_OUT = 10;

    @Override
    public String name() {
        return "bnn";
    }

    @Override
    public String toString() {
        return name();
    }

    @Override
    public String description() {
        return "A network with random weights, every product in it a node, applied to a few images"
                + " of handwritten digits. The inputs x and the outputs y are observed, the"
                + " weights (W1, b1, ...) and everything in between are asked for. Quality is how"
                + " far the outputs of a network with the sampled weights are from the observed"
                + " ones. Evaluation draws from the last tenth of the images, training from the"
                + " others.";
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(
                Parameter.text(
                        "layers",
                        "conv 4 3x3 stride 2 bias; maxpool 2; conv 10 3x3 bias relu; linear 10",
                        "the network: conv OUT KxK [stride S] [bias] [relu]; maxpool K;"
                                + " linear OUT [bias] [relu]; relu"),
                Parameter.whole("passes", 2, 1, "number of images the network is applied to"),
                Parameter.whole(
                        "image",
                        14,
                        1,
                        "height and width the images are pooled to, a divisor of theirs"),
                Parameter.path(
                        "mnist", "file or folder of MNIST's training images; empty: those shipped"),
                Parameter.text("observed", "x, y", "what training observes, as in 'x, y | y'"));
    }

    @Override
    public ProblemInstance build(Settings settings) {
        int side = settings.whole("image");
        NetworkSpec spec = NetworkSpec.parse(settings.text("layers"));
        MnistImages images = images(settings.text("mnist").strip()).pooled(side);
        int held = images.count() / HELD_OUT;
        if (held == 0) {
            throw new ProblemException(
                    "problem.mnist: expected at least %d images, found %d"
                            .formatted(HELD_OUT, images.count()));
        }
        MnistImages training = images.subset(0, images.count() - held);
        MnistImages fresh = images.subset(images.count() - held, images.count());
        FeatureShape input = new FeatureShape(1, side, side);
        GraphicalModel model =
                NetworkModel.of(spec, input, settings.whole("passes"), training.source());
        return new ProblemInstance(
                model,
                model.withData("x", fresh.source()),
                Conditioning.parse(settings.text("observed")),
                new NetworkMetric(new DirectNetwork(spec, input, model)));
    }

    private static MnistImages images(String directory) {
        return directory.isEmpty() ? MnistImages.shipped() : MnistImages.read(Path.of(directory));
    }
}
