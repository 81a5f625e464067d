package gsdm.graph.data;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/**
 * Makes the images that ship inside the jar: {@code ShipMnist MNIST_DIRECTORY OUTPUT_FILE}. The
 * output depends on the input alone: the first 10,000 training images, pooled to 14 x 14, as
 * gzip-compressed IDX.
 */
public final class ShipMnist {
    private ShipMnist() {}

    public static void main(String[] arguments) throws IOException {
        MnistImages images = MnistImages.read(Path.of(arguments[0])).subset(0, 10_000).pooled(14);
        write(images, Path.of(arguments[1]));
    }

    static void write(MnistImages images, Path file) throws IOException {
        try (DataOutputStream out =
                new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(0x00000803);
            out.writeInt(images.count());
            out.writeInt(images.side());
            out.writeInt(images.side());
            out.write(images.bytes());
        }
    }
}
