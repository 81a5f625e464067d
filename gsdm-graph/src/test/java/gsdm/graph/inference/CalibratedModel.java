package gsdm.graph.inference;

import gsdm.graph.model.Array;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.Expr;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A model whose posteriors are known exactly, as a user would write it.
 *
 * @param model the program
 * @param observed the arrays observed
 * @param asked the arrays whose posterior is compared
 * @param exact the posterior, given all values of a draw, of which it reads the observed ones
 */
record CalibratedModel(
        GraphicalModel model, List<String> observed, List<String> asked, Exact exact) {

    /** The moments of the nodes of each array asked for. */
    interface Exact {
        Map<String, Moments[]> of(GraphicalModel model, float[] values);
    }

    /** A mean and a standard deviation. */
    record Moments(double mean, double deviation) {}

    Conditioning conditioning() {
        return Conditioning.fixed(observed.toArray(String[]::new));
    }

    Map<String, Moments[]> posterior(float[] values) {
        return exact.of(model, values);
    }

    /** Values of an array in a draw of all nodes. */
    private static double[] read(GraphicalModel model, float[] values, String array) {
        return IntStream.range(0, model.count(array))
                .mapToDouble(i -> values[model.offset(array) + i])
                .toArray();
    }

    private static double square(double x) {
        return x * x;
    }

    /** The README's: five values around a standard normal mean, which is N(sum / 6, 1 / 6). */
    static CalibratedModel mean() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 5);
                    Array mean = m.normal("mean");
                    Array noise = m.normal("noise", i);
                    m.let("x", mean.here().plus(noise.at(i)), i);
                });
        return new CalibratedModel(
                model,
                List.of("x"),
                List.of("mean"),
                (of, values) -> {
                    double sum = 0;
                    for (double x : read(of, values, "x")) {
                        sum += x;
                    }
                    return Map.of("mean", new Moments[] {new Moments(sum / 6, Math.sqrt(1 / 6.0))});
                });
    }

    /** Means and variances under a density on a line of points, each with moments of its own. */
    private static final class Line {
        private final double[] logWeights;
        private final double[][] means;
        private final double[][] variances;

        Line(int points, int values) {
            logWeights = new double[points];
            means = new double[points][values];
            variances = new double[points][values];
        }

        Moments[] moments() {
            double most = Double.NEGATIVE_INFINITY;
            for (double each : logWeights) {
                most = Math.max(most, each);
            }
            int values = means[0].length;
            double total = 0;
            double[] first = new double[values];
            double[] second = new double[values];
            for (int p = 0; p < logWeights.length; p++) {
                double weight = Math.exp(logWeights[p] - most);
                total += weight;
                for (int v = 0; v < values; v++) {
                    first[v] += weight * means[p][v];
                    second[v] += weight * (variances[p][v] + square(means[p][v]));
                }
            }
            Moments[] moments = new Moments[values];
            for (int v = 0; v < values; v++) {
                double mean = first[v] / total;
                moments[v] = new Moments(mean, Math.sqrt(second[v] / total - square(mean)));
            }
            return moments;
        }
    }

    private static final int POINTS = 401;

    /** A point of the line from 8 deviations below a mean to 8 above. */
    private static double point(int p, double mean) {
        return mean - 8 + 16.0 * p / (POINTS - 1);
    }

    private static final float[] SIGMA = {15, 10, 16, 11, 9, 11, 10, 18};
    private static final double SCHOOLS_DEVIATION = 5;

    /**
     * Eight schools (Rubin 1981), μ ~ N(0, 5²), τ = exp(N(1, 1)). Given τ all is Gaussian; log τ is
     * integrated over.
     */
    static CalibratedModel schools() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate j = m.plate("j", SIGMA.length);
                    Array sigma = m.data("sigma", (_, at) -> SIGMA[(int) at], j);
                    Array mu = m.normal("mu", 0, SCHOOLS_DEVIATION);
                    Array logTau = m.normal("logTau", 1, 1);
                    Array tau = m.let("tau", logTau.here().exp());
                    Array eta = m.normal("eta", j);
                    Array theta = m.let("theta", mu.here().plus(tau.here().times(eta.at(j))), j);
                    Array e = m.normal("e", j);
                    m.let("y", theta.at(j).plus(sigma.at(j).times(e.at(j))), j);
                });
        return new CalibratedModel(
                model,
                List.of("y", "sigma"),
                List.of("mu", "logTau", "theta"),
                CalibratedModel::schools);
    }

    private static Map<String, Moments[]> schools(GraphicalModel model, float[] values) {
        double[] y = read(model, values, "y");
        Line line = new Line(POINTS, 2 + y.length);
        for (int p = 0; p < POINTS; p++) {
            double log = point(p, 1);
            double variance = Math.exp(2 * log);
            double precision = 1 / square(SCHOOLS_DEVIATION);
            double right = 0;
            double weight = -square(log - 1) / 2;
            for (int j = 0; j < y.length; j++) {
                double each = 1 / (square(SIGMA[j]) + variance);
                precision += each;
                right += each * y[j];
                weight += (Math.log(each) - each * square(y[j])) / 2;
            }
            double mean = right / precision;
            line.logWeights[p] = weight + (right * mean - Math.log(precision)) / 2;
            line.means[p][0] = mean;
            line.variances[p][0] = 1 / precision;
            line.means[p][1] = log;
            for (int j = 0; j < y.length; j++) {
                double own = variance / (variance + square(SIGMA[j]));
                line.means[p][2 + j] = own * y[j] + (1 - own) * mean;
                line.variances[p][2 + j] = own * square(SIGMA[j]) + square(1 - own) / precision;
            }
        }
        Moments[] all = line.moments();
        Moments[] theta = Arrays.copyOfRange(all, 2, all.length);
        return Map.of(
                "mu", new Moments[] {all[0]}, "logTau", new Moments[] {all[1]}, "theta", theta);
    }

    private static final int MIXED = 8;
    private static final double MIXTURE_NOISE = 0.5;

    /**
     * Points each of one of two kinds, with unknown means near −1 and 1. Every choice of kinds is
     * enumerated: given it, the means are Gaussian and independent.
     */
    static CalibratedModel mixture() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", MIXED);
                    Array low = m.normal("low", -1, 1);
                    Array high = m.normal("high", 1, 1);
                    Array kind = m.categorical("kind", 2, i);
                    Array e = m.normal("e", 0, MIXTURE_NOISE, i);
                    Expr mean = low.here().plus(kind.at(i).times(high.here().minus(low.here())));
                    m.let("x", mean.plus(e.at(i)), i);
                });
        return new CalibratedModel(
                model, List.of("x"), List.of("low", "high", "kind"), CalibratedModel::mixture);
    }

    private static Map<String, Moments[]> mixture(GraphicalModel model, float[] values) {
        double[] x = read(model, values, "x");
        Line line = new Line(1 << x.length, 2 + x.length);
        for (int kinds = 0; kinds < 1 << x.length; kinds++) {
            for (int k = 0; k < 2; k++) {
                double prior = k == 0 ? -1 : 1;
                double precision = 1;
                double right = prior;
                for (int i = 0; i < x.length; i++) {
                    if ((kinds >> i & 1) == k) {
                        precision += 1 / square(MIXTURE_NOISE);
                        right += x[i] / square(MIXTURE_NOISE);
                    }
                }
                line.logWeights[kinds] += (square(right) / precision - Math.log(precision)) / 2;
                line.means[kinds][k] = right / precision;
                line.variances[kinds][k] = 1 / precision;
            }
            for (int i = 0; i < x.length; i++) {
                line.means[kinds][2 + i] = kinds >> i & 1;
            }
        }
        Moments[] all = line.moments();
        return Map.of(
                "low",
                new Moments[] {all[0]},
                "high",
                new Moments[] {all[1]},
                "kind",
                Arrays.copyOfRange(all, 2, all.length));
    }

    private static final int TIMES = 8;
    private static final double KEPT = 0.8;
    private static final double SHOCK = 0.6;
    private static final double AUTOREGRESSION_NOISE = 0.5;

    /** x1 ~ N(0, 1), x(t+1) = 0.8 x(t) + 0.6 e(t+1), each a scalar, seen as y(t) = x(t) + noise. */
    static CalibratedModel autoregression() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Array before = m.normal("x1");
                    for (int t = 1; t <= TIMES; t++) {
                        if (t > 1) {
                            Array e = m.normal("e" + t, 0, SHOCK);
                            before = m.let("x" + t, before.here().times(KEPT).plus(e.here()));
                        }
                        Array v = m.normal("v" + t, 0, AUTOREGRESSION_NOISE);
                        m.let("y" + t, before.here().plus(v.here()));
                    }
                });
        return new CalibratedModel(
                model,
                IntStream.rangeClosed(1, TIMES).mapToObj(t -> "y" + t).toList(),
                IntStream.rangeClosed(1, TIMES).mapToObj(t -> "x" + t).toList(),
                CalibratedModel::autoregression);
    }

    /** Kalman's filter, then Rauch, Tung and Striebel's smoother. */
    private static Map<String, Moments[]> autoregression(GraphicalModel model, float[] values) {
        double[] mean = new double[TIMES];
        double[] variance = new double[TIMES];
        double[] ahead = new double[TIMES]; // variance before y is seen
        for (int t = 0; t < TIMES; t++) {
            double expected = t == 0 ? 0 : KEPT * mean[t - 1];
            ahead[t] = t == 0 ? 1 : square(KEPT) * variance[t - 1] + square(SHOCK);
            double gain = ahead[t] / (ahead[t] + square(AUTOREGRESSION_NOISE));
            double y = values[model.offset("y" + (t + 1))];
            mean[t] = expected + gain * (y - expected);
            variance[t] = (1 - gain) * ahead[t];
        }
        for (int t = TIMES - 2; t >= 0; t--) {
            double gain = KEPT * variance[t] / ahead[t + 1];
            mean[t] += gain * (mean[t + 1] - KEPT * mean[t]);
            variance[t] += square(gain) * (variance[t + 1] - ahead[t + 1]);
        }
        return IntStream.range(0, TIMES)
                .boxed()
                .collect(
                        Collectors.toMap(
                                t -> "x" + (t + 1),
                                t -> new Moments[] {new Moments(mean[t], Math.sqrt(variance[t]))}));
    }

    /** x = exp(s)·e, of that many values: s ~ N(0, 1) is integrated over. */
    static CalibratedModel scale(int count) {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", count);
                    Array s = m.normal("s");
                    Array e = m.normal("e", i);
                    m.let("x", s.here().exp().times(e.at(i)), i);
                });
        return new CalibratedModel(
                model,
                List.of("x"),
                List.of("s"),
                (of, values) -> {
                    double squares = 0;
                    for (double x : read(of, values, "x")) {
                        squares += square(x);
                    }
                    Line line = new Line(POINTS, 1);
                    for (int p = 0; p < POINTS; p++) {
                        double s = point(p, 0);
                        line.logWeights[p] =
                                -(square(s) + squares * Math.exp(-2 * s)) / 2 - count * s;
                        line.means[p][0] = s;
                    }
                    return Map.of("s", line.moments());
                });
    }

    private static final double SQUARE_NOISE = 0.5;

    /** Two values around a square: where a is, and −a as likely. */
    static CalibratedModel square() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 2);
                    Array a = m.normal("a");
                    Array e = m.normal("e", 0, SQUARE_NOISE, i);
                    m.let("x", a.here().times(a.here()).plus(e.at(i)), i);
                });
        return new CalibratedModel(
                model,
                List.of("x"),
                List.of("a"),
                (of, values) -> {
                    Line line = new Line(POINTS, 1);
                    for (int p = 0; p < POINTS; p++) {
                        double a = point(p, 0);
                        line.logWeights[p] = -square(a) / 2;
                        for (double x : read(of, values, "x")) {
                            line.logWeights[p] -= square((x - a * a) / SQUARE_NOISE) / 2;
                        }
                        line.means[p][0] = a;
                    }
                    return Map.of("a", line.moments());
                });
    }
}
