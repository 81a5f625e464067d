package gsdm.cli.io;

import gsdm.cli.error.CommandException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** Posterior samples as files. */
public final class SampleFiles {

    private SampleFiles() {}

    /** What kind of file. */
    public enum Format {
        /** NumPy's, of shape [observations, samples, the array's shape]. */
        NPY,
        /** Text, a sample a line, the samples of an observation one after the other. */
        CSV
    }

    /**
     * Mean and standard deviation over all samples and entries.
     *
     * @param std of the population, zero for a single value
     */
    public record Moments(double mean, double std) {

        /** The moments of some values, in two passes. */
        public static Moments of(float... values) {
            double sum = 0;
            for (float value : values) {
                sum += value;
            }
            double mean = sum / values.length;
            double squares = 0;
            for (float value : values) {
                squares += (value - mean) * (value - mean);
            }
            return new Moments(mean, Math.sqrt(squares / values.length));
        }
    }

    /**
     * Makes the folder, so that one that cannot be written to is known before anything is drawn.
     *
     * @throws IOException if it cannot be made
     * @throws CommandException (bad input) if a file has its name
     */
    public static void prepare(Path folder) throws IOException {
        if (Files.isRegularFile(folder)) {
            throw CommandException.badInput(folder + ": expected a folder, found a file");
        }
        Files.createDirectories(folder);
    }

    /**
     * Writes the samples of one array.
     *
     * @param values [observations, samples, shape]
     * @return the file
     * @throws IOException if it cannot be written
     */
    public static Path write(
            Path folder,
            String array,
            Format format,
            int observations,
            int samples,
            int[] shape,
            float... values)
            throws IOException {
        Path file = folder.resolve(array + "." + format.name().toLowerCase(Locale.ROOT));
        if (format == Format.CSV) {
            writeCsv(file, Math.toIntExact(NpyArray.size(shape)), values);
        } else {
            int[] all =
                    IntStream.concat(IntStream.of(observations, samples), IntStream.of(shape))
                            .toArray();
            NpyFile.write(file, new NpyArray(all, values));
        }
        return file;
    }

    private static void writeCsv(Path file, int columns, float... values) throws IOException {
        AtomicFiles.write(
                file,
                out -> {
                    StringBuilder line = new StringBuilder();
                    for (int i = 0; i < values.length; i++) {
                        line.append(values[i]).append((i + 1) % columns == 0 ? '\n' : ',');
                        if ((i + 1) % columns == 0) {
                            out.write(line.toString().getBytes(StandardCharsets.US_ASCII));
                            line.setLength(0);
                        }
                    }
                });
    }

    /** Writes {@code summary.json}. */
    public static void writeSummary(Path folder, Map<String, ?> summary) throws IOException {
        AtomicFiles.writeText(folder.resolve("summary.json"), Json.text(summary));
    }
}
