package gsdm.graph.inference;

import gsdm.graph.model.Array;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;
import gsdm.tensor.backend.Backend;

import java.nio.file.Path;

/** The program that the README shows; its lines between the markers stand there word for word. */
final class PosteriorMeanExample {
    private PosteriorMeanExample() {}

    static float[] run(Backend backend, RunSettings settings, int steps, Path file) {
        // README begins
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 5);
                    Array mean = m.normal("mean");
                    Array noise = m.normal("noise", i);
                    m.let("x", mean.here().plus(noise.at(i)), i);
                });
        try (Training training =
                Training.start(backend, model, Conditioning.fixed("x"), settings, 0, steps)) {
            training.run(steps);
            training.save(file);
        }
        try (Posterior posterior = Posterior.load(backend, model, file)) {
            Observations observed = Observations.of(model, "x", 1.2f, 0.7f, 0.9f, 1.4f, 0.3f);
            return posterior.sample(observed, 1000, 1).array("mean");
        }
        // README ends
    }
}
