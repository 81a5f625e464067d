package gsdm.cli.plot;

import gsdm.cli.io.AtomicFiles;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;

import javax.imageio.ImageIO;

/** Images as PNG files. */
final class Png {

    private Png() {}

    /** Writes an image, whole or not at all. */
    static void write(Path file, BufferedImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.setUseCache(false);
        if (!ImageIO.write(image, "png", bytes)) {
            throw new IOException("this JDK cannot write PNG");
        }
        AtomicFiles.write(file, bytes::writeTo);
    }
}
