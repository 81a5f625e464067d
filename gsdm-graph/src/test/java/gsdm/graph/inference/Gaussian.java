package gsdm.graph.inference;

import java.util.function.ToDoubleFunction;

/** The integral of exp(−q) and the mean under it, where q is a quadratic form of few numbers. */
record Gaussian(double logIntegral, double[] mean) {
    static Gaussian of(int size, ToDoubleFunction<double[]> logDensity) {
        double[] zero = new double[size];
        double here = logDensity.applyAsDouble(zero);
        double[][] system = new double[size][size + 1];
        for (int i = 0; i < size; i++) {
            double up = at(logDensity, size, i, 1, -1, 0);
            double down = at(logDensity, size, i, -1, -1, 0);
            system[i][size] = (up - down) / 2;
            for (int j = 0; j < size; j++) {
                double along = at(logDensity, size, j, 1, -1, 0);
                system[i][j] =
                        i == j
                                ? 2 * here - up - down
                                : up + along - here - at(logDensity, size, i, 1, j, 1);
            }
        }
        double logDeterminant = 0;
        double[][] rows = new double[size][];
        for (int i = 0; i < size; i++) {
            rows[i] = system[i].clone();
        }
        for (int i = 0; i < size; i++) {
            logDeterminant += Math.log(rows[i][i]);
            for (int r = 0; r < size; r++) {
                double factor = r == i ? 0 : rows[r][i] / rows[i][i];
                for (int c = 0; c <= size; c++) {
                    rows[r][c] -= factor * rows[i][c];
                }
            }
        }
        double[] mean = new double[size];
        for (int i = 0; i < size; i++) {
            mean[i] = rows[i][size] / rows[i][i];
        }
        return new Gaussian(logDensity.applyAsDouble(mean) - logDeterminant / 2, mean);
    }

    private static double at(
            ToDoubleFunction<double[]> of, int size, int i, double x, int j, double y) {
        double[] place = new double[size];
        place[i] = x;
        if (j >= 0) {
            place[j] = y;
        }
        return of.applyAsDouble(place);
    }

    /** The mean of values, of weights whose logarithms are given. */
    static double mean(double[] logWeights, double[] values) {
        double most = Double.NEGATIVE_INFINITY;
        for (double each : logWeights) {
            most = Math.max(most, each);
        }
        double total = 0;
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            double weight = Math.exp(logWeights[i] - most);
            total += weight;
            sum += weight * values[i];
        }
        return sum / total;
    }
}
