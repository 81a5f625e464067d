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
                new ProductError(model));
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
    private record ProductError(GraphicalModel model) implements Metric {
        @Override
        public SequencedMap<String, Figure> figures() {
            int rank = model.shape("A")[1];
            SequencedMap<String, Figure> figures = new LinkedHashMap<>();
            figures.put("rmse", means -> Math.sqrt(means[0] / rank));
            figures.put(
                    "rmse_relative",
                    means -> Math.sqrt(means[0] / (means[2] - means[1] * means[1])));
            return figures;
        }

        /** Means over the entries of E: squared error, value, square. */
        @Override
        public double[] terms(float[] truth, float[] estimate, float[] prior) {
            int rows = model.shape("E")[0];
            int cols = model.shape("E")[1];
            int rank = model.shape("A")[1];
            int a = model.offset("A");
            int r = model.offset("R");
            double[] terms = new double[3];
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < cols; j++) {
                    double product = 0;
                    for (int k = 0; k < rank; k++) {
                        product += (double) estimate[a + i * rank + k] * estimate[r + j * rank + k];
                    }
                    double e = truth[model.offset("E") + i * cols + j];
                    terms[0] += (e - product) * (e - product) / (rows * cols);
                    terms[1] += e / (rows * cols);
                    terms[2] += e * e / (rows * cols);
                }
            }
            return terms;
        }
    }
}
