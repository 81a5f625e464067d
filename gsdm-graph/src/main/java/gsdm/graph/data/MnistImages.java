package gsdm.graph.data;

import gsdm.graph.model.ModelException;
import gsdm.graph.model.Source;
import gsdm.tensor.io.InputFile;
import gsdm.tensor.io.IoReason;
import gsdm.tensor.random.RandomStream;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Square grey images of handwritten digits (MNIST: LeCun and Cortes, CC BY-SA 3.0), one byte for
 * each pixel. Immutable.
 */
public final class MnistImages {
    private static final String SHIPPED = "mnist-train-10000-14x14-idx3-ubyte.gz";
    private static final List<String> NAMES =
            List.of(
                    "train-images-idx3-ubyte",
                    "train-images-idx3-ubyte.gz",
                    "train-images.idx3-ubyte",
                    "train-images.idx3-ubyte.gz");

    private final byte[] pixels; // [count, side, side]
    private final int side;

    MnistImages(byte[] pixels, int side) {
        this.pixels = pixels;
        this.side = side;
    }

    /**
     * The first 10,000 training images, average-pooled to 14 x 14.
     *
     * @see #pooled
     */
    public static MnistImages shipped() {
        InputStream stream = MnistImages.class.getResourceAsStream(SHIPPED);
        if (stream == null) {
            throw new DataException(
                    "%s is missing from gsdm-graph's jar: build it again".formatted(SHIPPED));
        }
        return IdxImages.read(stream, SHIPPED);
    }

    /**
     * The training images of a file, or in a folder: of {@code train-images-idx3-ubyte}, with a dot
     * for the second hyphen or not, with {@code .gz} or not, itself or in a folder of such a name,
     * the first that can be read.
     *
     * @throws DataException if there are none, or none can be read
     */
    public static MnistImages read(Path place) {
        List<String> refused = new ArrayList<>();
        for (Path file : candidates(place)) {
            if (!Files.exists(file) || Files.isDirectory(file)) {
                continue;
            }
            try {
                return IdxImages.read(
                        Files.newInputStream(InputFile.require(file)), file.toString());
            } catch (DataException exception) {
                refused.add(exception.getMessage());
            } catch (IOException exception) {
                refused.add("cannot read %s: %s".formatted(file, IoReason.of(exception)));
            }
        }
        if (!refused.isEmpty()) {
            throw new DataException(String.join("; ", refused));
        }
        throw new DataException(
                "no MNIST training images in '%s': expected one of %s there, or in a folder of such a name"
                        .formatted(place, NAMES));
    }

    private static List<Path> candidates(Path place) {
        return Stream.concat(
                        Stream.of(place),
                        NAMES.stream()
                                .map(place::resolve)
                                .flatMap(file ->
                                        Stream.concat(
                                                Stream.of(file),
                                                NAMES.stream().map(file::resolve))))
                .toList();
    }

    /** Number of images. */
    public int count() {
        return pixels.length / (side * side);
    }

    /** Height and width. */
    public int side() {
        return side;
    }

    /** One pixel, from 0 (background) to 255. */
    public int pixel(int image, int row, int column) {
        return pixels[(image * side + row) * side + column] & 0xff;
    }

    /** The images from {@code from} up to, not including, {@code to}. */
    public MnistImages subset(int from, int to) {
        if (from < 0 || to > count() || from >= to) {
            throw new DataException(
                    "expected a range within %d images, found %d to %d"
                            .formatted(count(), from, to));
        }
        return new MnistImages(
                Arrays.copyOfRange(pixels, from * side * side, to * side * side), side);
    }

    /**
     * Each image shrunk to {@code to} x {@code to}: the mean of every block, rounded to a byte.
     *
     * @throws DataException if {@code to} does not divide the side
     */
    public MnistImages pooled(int to) {
        if (to < 1 || side % to != 0) {
            throw new DataException(
                    "images of %d x %d cannot be pooled to %d x %d: choose a divisor of %d"
                            .formatted(side, side, to, to, side));
        }
        int block = side / to;
        int area = block * block;
        byte[] shrunk = new byte[count() * to * to];
        for (int at = 0; at < shrunk.length; at++) {
            int sum = 0;
            for (int row = 0; row < block; row++) {
                for (int column = 0; column < block; column++) {
                    sum +=
                            pixel(
                                    at / (to * to),
                                    at / to % to * block + row,
                                    at % to * block + column);
                }
            }
            shrunk[at] = (byte) ((2 * sum + area) / (2 * area));
        }
        return new MnistImages(shrunk, to);
    }

    /**
     * Random images for an array {@code [..., side, side]}, or any array where the side is 1: each
     * is drawn independently, with replacement, its pixels scaled to {@code [0, 1]}.
     */
    public Source source() {
        return new Images();
    }

    /** The pixels, row by row and image by image. */
    byte[] bytes() {
        return pixels.clone();
    }

    private final class Images implements Source {
        private final int area = side * side;
        private final int count = count();

        @Override
        public float value(long key, long index) {
            int image = RandomStream.below(key, index / area, count);
            return (pixels[image * area + (int) (index % area)] & 0xff) / 255f;
        }

        @Override
        public String fingerprint(long size) {
            CRC32C checksum = new CRC32C();
            checksum.update(pixels);
            return String.format(
                    Locale.ROOT,
                    "%d images of %d x %d, %x",
                    count,
                    side,
                    side,
                    checksum.getValue());
        }

        @Override
        public void check(int[] shape) {
            int axes = shape.length;
            if (side > 1 && (axes < 2 || shape[axes - 1] != side || shape[axes - 2] != side)) {
                throw new ModelException(
                        "images of %d x %d cannot fill sizes %s: the last two must be %d"
                                .formatted(side, side, Arrays.toString(shape), side));
            }
        }
    }
}
