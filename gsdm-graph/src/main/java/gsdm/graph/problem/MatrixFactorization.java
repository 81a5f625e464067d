package gsdm.graph.problem;

import gsdm.graph.model.Array;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** A matrix of low rank as the product of two random factors, which are to be found from it. */
public final class MatrixFactorization implements Problem {

    @Override
    public String name() {
        return "matrix-factorization";
    }

    @Override
    public String toString() {
        return name();
    }

    @Override
    public String description() {
        return "E[i,j] = sum over k of C[i,j,k], C[i,j,k] = A[i,k] R[j,k], with A and R standard"
                + " normal. E is observed, the factors A and R and the products C are asked for."
                + " Quality is the error of the product of the sampled factors against E.";
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(
                Parameter.whole("rows", 16, 1, "rows of E, plate i"),
                Parameter.whole("cols", 16, 1, "columns of E, plate j"),
                Parameter.whole("rank", 10, 1, "columns of the factors, plate k"),
                Parameter.text("observed", "E", "what training observes, as in 'E | A, E'"));
    }

    @Override
    public ProblemInstance build(Settings settings) {
        GraphicalModel model =
                model(settings.whole("rows"), settings.whole("cols"), settings.whole("rank"));
        return new ProblemInstance(
                model,
                model,
                Conditioning.parse(settings.text("observed")),
                (truth, estimate, _) -> score(model, truth, estimate));
    }

    /** The generative program. */
    public static GraphicalModel model(int rows, int cols, int rank) {
        return GraphicalModel.define(m -> {
            Plate i = m.plate("i", rows);
            Plate j = m.plate("j", cols);
            Plate k = m.plate("k", rank);
            Array a = m.normal("A", i, k);
            Array r = m.normal("R", j, k);
            Array c = m.let("C", a.at(i, k).times(r.at(j, k)), i, j, k);
            m.let("E", c.at(i, j, k).sum(k), i, j);
        });
    }

    /**
     * {@code rmse}: of E against the product of the sampled factors, over all entries of all
     * matrices, divided by the square root of the rank; {@code rmse_relative}: the same error
     * divided by the standard deviation of E.
     */
    private static SequencedMap<String, Double> score(
            GraphicalModel model, List<float[]> truth, List<float[]> estimate) {
        int rows = model.shape("E")[0];
        int cols = model.shape("E")[1];
        int rank = model.shape("A")[1];
        double squares = 0;
        double sum = 0;
        double sumOfSquares = 0;
        for (int problem = 0; problem < truth.size(); problem++) {
            float[] sample = estimate.get(problem);
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < cols; j++) {
                    double product = 0;
                    for (int k = 0; k < rank; k++) {
                        product +=
                                (double) sample[model.offset("A") + i * rank + k]
                                        * sample[model.offset("R") + j * rank + k];
                    }
                    double e = truth.get(problem)[model.offset("E") + i * cols + j];
                    squares += (e - product) * (e - product);
                    sum += e;
                    sumOfSquares += e * e;
                }
            }
        }
        double entries = (double) truth.size() * rows * cols;
        double variance = sumOfSquares / entries - (sum / entries) * (sum / entries);
        double rmse = Math.sqrt(squares / entries);
        SequencedMap<String, Double> figures = new LinkedHashMap<>();
        figures.put("rmse", rmse / Math.sqrt(rank));
        figures.put("rmse_relative", rmse / Math.sqrt(variance));
        return figures;
    }
}
