package example;

import gsdm.graph.inference.ModelSettings;
import gsdm.graph.inference.Observations;
import gsdm.graph.inference.Posterior;
import gsdm.graph.inference.RunSettings;
import gsdm.graph.inference.Training;
import gsdm.graph.inference.TrainingSettings;
import gsdm.graph.model.Array;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;

import java.nio.file.Path;

/** Five values around an unknown mean. Where is the mean? Exactly: N(0.75, 1/6). */
public final class PosteriorMean {
    private PosteriorMean() {}

    public static void main(String[] args) {
        float[] samples = sample(Path.of("target", "posterior-mean.safetensors"));
        double sum = 0;
        double squares = 0;
        for (float sample : samples) {
            sum += sample;
            squares += sample * sample;
        }
        double mean = sum / samples.length;
        double deviation = Math.sqrt(squares / samples.length - mean * mean);
        System.out.printf("mean %.3f, exactly 0.750%n", mean);
        System.out.printf("standard deviation %.3f, exactly %.3f%n", deviation, Math.sqrt(1.0 / 6));
    }

    /** Samples of the mean, given the values; the trained model is saved in the file. */
    public static float[] sample(Path file) {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 5);
                    Array mean = m.normal("mean");
                    Array noise = m.normal("noise", i);
                    m.let("x", mean.here().plus(noise.at(i)), i);
                });
        RunSettings settings =
                RunSettings.DEFAULTS
                        .with(ModelSettings.DEFAULTS.withChannels(32).withLayers(2))
                        .with(
                                TrainingSettings.DEFAULTS
                                        .withBatch(64)
                                        .withLearningRate(3e-3)
                                        .withWarmup(50)
                                        .withEmaDecay(0.99));
        int steps = 2000;
        int threads = Runtime.getRuntime().availableProcessors();
        try (Backend backend = Backends.open(Backends.AUTO, threads)) {
            try (Training training =
                    Training.start(backend, model, Conditioning.fixed("x"), settings, 0, steps)) {
                training.run(steps);
                training.save(file);
            }
            try (Posterior posterior = Posterior.load(backend, model, file)) {
                Observations observed = Observations.of(model, "x", 1.2f, 0.7f, 0.9f, 1.4f, 0.3f);
                return posterior.sample(observed, 1000, 1).array("mean");
            }
        }
    }
}
