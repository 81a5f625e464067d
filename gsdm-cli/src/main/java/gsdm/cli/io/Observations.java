package gsdm.cli.io;

import gsdm.cli.error.CommandException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * Observed values of one array, for one or more problems.
 *
 * @param count problems
 * @param values [count, size of the array]; zero where not observed
 * @param observed [count, size of the array]
 */
@SuppressWarnings("ArrayRecordComponent") // a plain carrier; nobody compares two of them
public record Observations(int count, float[] values, boolean[] observed) {

    /** Whether every entry is observed. */
    public boolean complete() {
        for (boolean entry : observed) {
            if (!entry) {
                return false;
            }
        }
        return true;
    }

    /**
     * Reads the observations of an array from a CSV or NPY file.
     *
     * <p>CSV: either one observation a line (as many columns as the array has entries), or lines as
     * long as its last axis, as many for each observation as the other axes have entries; an empty
     * cell is unobserved; an array with one axis may also be a column. NPY: the array's shape, or
     * that with an axis of observations before it.
     *
     * @param array the array's name, for errors
     * @param shape the sizes of its axes
     * @throws IOException if the file cannot be read
     * @throws CommandException (bad input) if a value is not a finite number or the shape differs
     */
    public static Observations read(Path file, String array, int... shape) throws IOException {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".npy")) {
            return ofNpy(file, array, shape);
        }
        if (name.endsWith(".csv") || name.endsWith(".txt")) {
            return ofCsv(file, array, shape);
        }
        throw CommandException.badInput(file + ": expected a file whose name ends in .csv or .npy");
    }

    private static Observations ofNpy(Path file, String array, int... shape) throws IOException {
        NpyArray found = NpyFile.read(file);
        int extra = found.shape().length - shape.length;
        boolean one = Arrays.equals(found.shape(), shape);
        boolean many =
                extra == 1
                        && Arrays.equals(
                                Arrays.copyOfRange(found.shape(), 1, shape.length + 1), shape);
        int count = one ? 1 : many ? found.shape()[0] : 0;
        if (count == 0) {
            throw CommandException.badInput(
                    "%s: expected %s of shape %s or [observations, %s, found %s"
                            .formatted(
                                    file,
                                    array,
                                    Arrays.toString(shape),
                                    Arrays.toString(shape).substring(1),
                                    Arrays.toString(found.shape())));
        }
        boolean[] observed = new boolean[found.values().length];
        Arrays.fill(observed, true);
        for (int i = 0; i < observed.length; i++) {
            if (!Float.isFinite(found.values()[i])) {
                throw CommandException.badInput(
                        "%s: expected finite numbers, found %s at entry %d; leave entries out with an empty cell of a CSV file"
                                .formatted(file, found.values()[i], i));
            }
        }
        return new Observations(count, found.values(), observed);
    }

    private static Observations ofCsv(Path file, String array, int... shape) throws IOException {
        CsvMatrix matrix = CsvMatrix.read(file);
        int size = Math.toIntExact(NpyArray.size(shape));
        boolean column = matrix.columns() == 1 && shape.length < 2;
        int last = column || shape.length == 0 ? 1 : shape[shape.length - 1];
        int rows = matrix.rows().size();
        int rowsEach = matrix.columns() == size ? 1 : size / last;
        if ((matrix.columns() != size && matrix.columns() != last) || rows % rowsEach != 0) {
            throw CommandException.badInput(
                    ("%s: expected %s as %d columns (an observation a line) or %d columns and a"
                                    + " multiple of %d lines, found %d columns and %d lines")
                            .formatted(
                                    file, array, size, last, size / last, matrix.columns(), rows));
        }
        float[] values = new float[rows * matrix.columns()];
        boolean[] observed = new boolean[values.length];
        for (int i = 0; i < values.length; i++) {
            float cell = matrix.rows().get(i / matrix.columns())[i % matrix.columns()];
            observed[i] = !Float.isNaN(cell);
            values[i] = observed[i] ? cell : 0;
        }
        return new Observations(rows / rowsEach, values, observed);
    }
}
