package gsdm.cli.command;

import gsdm.graph.model.Array;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;
import gsdm.graph.problem.Metric;
import gsdm.graph.problem.Parameter;
import gsdm.graph.problem.Problem;
import gsdm.graph.problem.ProblemInstance;
import gsdm.graph.problem.Settings;

import java.util.List;

/** A problem from outside the project, whose expression ties what it reads. */
public final class LinearRegression implements Problem {

    @Override
    public String name() {
        return "linear-regression";
    }

    @Override
    public String description() {
        return "y[i] = sum over k of X[i,k] w[k], and noise. The weights w are asked for.";
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(
                Parameter.whole("points", 10, 1, "data points, plate i"),
                Parameter.whole("weights", 2, 1, "weights, plate k"));
    }

    @Override
    public ProblemInstance build(Settings settings) {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", settings.whole("points"));
                    Plate k = m.plate("k", settings.whole("weights"));
                    Array x = m.normal("X", i, k);
                    Array w = m.normal("w", k);
                    Array e = m.normal("e", 0, 0.5, i);
                    m.let("y", x.at(i, k).times(w.at(k)).sum(k).plus(e.at(i)), i);
                });
        return new ProblemInstance(model, model, Conditioning.fixed("X", "y"), Metric.NONE);
    }
}
