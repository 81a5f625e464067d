package gsdm.graph.data;

import gsdm.tensor.io.IoReason;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Reads square grey images in the IDX format of LeCun's MNIST page, gzip-compressed or not. */
final class IdxImages {
    private static final int MAGIC = 0x00000803; // unsigned bytes, three dimensions
    private static final int GZIP = 0x1f8b;
    private static final int MOST_BYTES = 1 << 30;

    private IdxImages() {}

    /**
     * Reads all images of a stream.
     *
     * @param name of the stream, for messages
     */
    static MnistImages read(InputStream stream, String name) {
        try (DataInputStream in = new DataInputStream(plain(stream))) {
            int magic = in.readInt();
            int count = in.readInt();
            int rows = in.readInt();
            int columns = in.readInt();
            if (magic != MAGIC) {
                throw new DataException(
                        "%s: expected IDX images of bytes (magic number %08x), found %08x"
                                .formatted(name, MAGIC, magic));
            }
            long bytes = (long) count * rows * columns;
            if (count < 1 || rows < 1 || rows != columns || rows > 1024 || bytes > MOST_BYTES) {
                throw new DataException(
                        "%s: expected square images, found %d of %d x %d"
                                .formatted(name, count, rows, columns));
            }
            byte[] pixels = in.readNBytes((int) bytes);
            if (pixels.length < bytes) {
                throw new DataException(
                        "%s is cut off: expected %d bytes of pixels, found %d"
                                .formatted(name, bytes, pixels.length));
            }
            if (in.read() >= 0) {
                throw new DataException(
                        "%s is longer than its %d images of %d x %d"
                                .formatted(name, count, rows, columns));
            }
            return new MnistImages(pixels, rows);
        } catch (EOFException exception) {
            throw new DataException("%s is cut off".formatted(name), exception);
        } catch (ZipException exception) {
            throw new DataException(
                    "%s is damaged: %s".formatted(name, exception.getMessage()), exception);
        } catch (IOException exception) {
            throw new DataException(
                    "cannot read %s: %s".formatted(name, IoReason.of(exception)), exception);
        }
    }

    private static InputStream plain(InputStream stream) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(stream, 1 << 16);
        buffered.mark(2);
        int start = buffered.read() << 8 | buffered.read();
        buffered.reset();
        return start == GZIP ? new GZIPInputStream(buffered, 1 << 16) : buffered;
    }
}
