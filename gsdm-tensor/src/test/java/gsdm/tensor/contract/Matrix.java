package gsdm.tensor.contract;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** A matrix in double precision, written to be read. */
record Matrix(double[][] rows) {
    static Matrix zeros(int rows, int columns) {
        return new Matrix(new double[rows][columns]);
    }

    static Matrix normal(int rows, int columns, SplittableRandom random) {
        Matrix matrix = zeros(rows, columns);
        for (double[] row : matrix.rows) {
            Arrays.setAll(row, _ -> random.nextGaussian());
        }
        return matrix;
    }

    /** The matrix whose rows follow each other from {@code at} on. */
    static Matrix of(float[] data, int at, int rows, int columns) {
        Matrix matrix = zeros(rows, columns);
        for (int i = 0; i < rows * columns; i++) {
            matrix.rows[i / columns][i % columns] = data[at + i];
        }
        return matrix;
    }

    void copyTo(float[] data, int at) {
        int i = at;
        for (double[] row : rows) {
            for (double value : row) {
                data[i++] = (float) value;
            }
        }
    }

    int height() {
        return rows.length;
    }

    int width() {
        return rows[0].length;
    }

    Matrix transposed() {
        Matrix out = zeros(width(), height());
        for (int r = 0; r < height(); r++) {
            for (int c = 0; c < width(); c++) {
                out.rows[c][r] = rows[r][c];
            }
        }
        return out;
    }

    Matrix times(double factor) {
        return new Matrix(
                Arrays.stream(rows)
                        .map(row -> Arrays.stream(row).map(x -> factor * x).toArray())
                        .toArray(double[][]::new));
    }

    Matrix plus(Matrix other) {
        Matrix out = zeros(height(), width());
        for (int r = 0; r < height(); r++) {
            for (int c = 0; c < width(); c++) {
                out.rows[r][c] = rows[r][c] + other.rows[r][c];
            }
        }
        return out;
    }

    Matrix times(Matrix other) {
        Matrix out = zeros(height(), other.width());
        for (int r = 0; r < height(); r++) {
            for (int k = 0; k < width(); k++) {
                for (int c = 0; c < other.width(); c++) {
                    out.rows[r][c] += rows[r][k] * other.rows[k][c];
                }
            }
        }
        return out;
    }

    /** The root of the sum of squares. */
    double norm() {
        return Math.sqrt(Arrays.stream(rows).flatMapToDouble(Arrays::stream).map(x -> x * x).sum());
    }

    /**
     * Its singular values, ascending, as many as it has rows or columns: by one-sided rotations of
     * Jacobi, until all columns are orthogonal.
     */
    List<Double> singularValues() {
        if (height() < width()) {
            return transposed().singularValues();
        }
        double[][] columns = transposed().rows;
        boolean turned = true;
        while (turned) {
            turned = false;
            for (int i = 0; i < columns.length; i++) {
                for (int j = i + 1; j < columns.length; j++) {
                    turned |= rotate(columns[i], columns[j]);
                }
            }
        }
        return Arrays.stream(columns).map(x -> Math.sqrt(dot(x, x))).sorted().toList();
    }

    /** Makes two columns orthogonal, and says whether they were not. */
    private static boolean rotate(double[] a, double[] b) {
        double product = dot(a, b);
        double squaresA = dot(a, a);
        double squaresB = dot(b, b);
        if (Math.abs(product) <= 1e-12 * Math.sqrt(squaresA * squaresB) + 1e-24) {
            return false;
        }
        double cotangent = (squaresB - squaresA) / (2 * product);
        double tangent = Math.signum(cotangent) / (Math.abs(cotangent) + Math.hypot(1, cotangent));
        tangent = cotangent == 0 ? 1 : tangent;
        double cosine = 1 / Math.hypot(1, tangent);
        double sine = cosine * tangent;
        for (int i = 0; i < a.length; i++) {
            double x = a[i];
            a[i] = cosine * x - sine * b[i];
            b[i] = sine * x + cosine * b[i];
        }
        return true;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
