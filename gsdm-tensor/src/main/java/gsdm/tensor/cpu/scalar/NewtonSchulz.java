package gsdm.tensor.cpu.scalar;

import gsdm.tensor.program.Muon;

import java.util.Arrays;

/** The iteration of {@link Muon} on one matrix at a time, in memory that it keeps. */
final class NewtonSchulz {
    private double[] x; // [height, width], height >= width
    private double[] next; // [height, width]
    private final double[] gram; // [width, width]
    private final double[] factor; // [width, width]

    NewtonSchulz(int largest, int widest) {
        x = new double[largest];
        next = new double[largest];
        gram = new double[widest * widest];
        factor = new double[widest * widest];
    }

    /** An entry of the matrix, counted along rows. */
    double get(int at) {
        return x[at];
    }

    void set(int at, double value) {
        x[at] = value;
    }

    /** Makes the matrix near orthogonal. */
    void run(int height, int width) {
        double squares = 0;
        for (int i = 0; i < height * width; i++) {
            squares += x[i] * x[i];
        }
        double norm = Math.sqrt(squares) + Muon.NORM_EPSILON;
        for (int i = 0; i < height * width; i++) {
            x[i] /= norm;
        }
        for (int iteration = 0; iteration < Muon.ITERATIONS; iteration++) {
            step(height, width);
        }
    }

    private void step(int height, int width) {
        Arrays.fill(gram, 0);
        for (int k = 0; k < height; k++) {
            for (int i = 0; i < width; i++) {
                addRow(x[k * width + i], x, k, gram, i, width);
            }
        }
        for (int i = 0; i < width; i++) {
            for (int j = 0; j < width; j++) {
                factor[i * width + j] = Muon.CUBIC * gram[i * width + j];
            }
            for (int k = 0; k < width; k++) {
                addRow(Muon.QUINTIC * gram[i * width + k], gram, k, factor, i, width);
            }
        }
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < width; j++) {
                next[i * width + j] = Muon.LINEAR * x[i * width + j];
            }
            for (int k = 0; k < width; k++) {
                addRow(x[i * width + k], factor, k, next, i, width);
            }
        }
        double[] last = x;
        x = next;
        next = last;
    }

    /** Adds a multiple of a row of one matrix to a row of another. */
    private static void addRow(
            double multiple, double[] from, int row, double[] to, int toRow, int width) {
        for (int j = 0; j < width; j++) {
            to[toRow * width + j] += multiple * from[row * width + j];
        }
    }
}
