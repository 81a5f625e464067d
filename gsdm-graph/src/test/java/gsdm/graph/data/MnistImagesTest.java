package gsdm.graph.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.graph.model.ModelException;
import gsdm.graph.model.Source;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;

class MnistImagesTest {
    @TempDir Path folder;

    private static byte[] idx(int magic, int count, int rows, int columns, byte[] pixels)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(magic);
        out.writeInt(count);
        out.writeInt(rows);
        out.writeInt(columns);
        out.write(pixels);
        return bytes.toByteArray();
    }

    private static byte[] pixels(int count) {
        byte[] pixels = new byte[count];
        new Random(count).nextBytes(pixels);
        return pixels;
    }

    private void refused(String message, byte[] file) throws IOException {
        Files.write(folder.resolve("train-images-idx3-ubyte"), file);
        assertThatThrownBy(() -> MnistImages.read(folder))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("train-images-idx3-ubyte");
    }

    @Test
    void readsPlainAndCompressed() throws IOException {
        byte[] pixels = pixels(3 * 16);
        byte[] plain = idx(0x803, 3, 4, 4, pixels);
        Files.write(folder.resolve("train-images-idx3-ubyte"), plain);
        assertThat(MnistImages.read(folder).bytes()).isEqualTo(pixels);

        Path other = Files.createDirectory(folder.resolve("other"));
        try (GZIPOutputStream out =
                new GZIPOutputStream(
                        Files.newOutputStream(other.resolve("train-images-idx3-ubyte.gz")))) {
            out.write(plain);
        }
        MnistImages images = MnistImages.read(other);
        assertThat(images.bytes()).isEqualTo(pixels);
        assertThat(images.count()).isEqualTo(3);
        assertThat(images.side()).isEqualTo(4);
        assertThat(images.pixel(2, 1, 3)).isEqualTo(pixels[2 * 16 + 7] & 0xff);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void whatMayNeverEndIsNotRead() throws IOException {
        Path link = folder.resolve("train-images-idx3-ubyte");
        Files.createSymbolicLink(link, Path.of("/dev/zero"));
        assertThatThrownBy(() -> MnistImages.read(folder))
                .isInstanceOf(DataException.class)
                .hasMessageEndingWith("-ubyte: expected a file, found a pipe or a device");
        Files.delete(link);
    }

    @Test
    void readsTheFirstThatCanBeReadWhereverItIs() throws IOException {
        byte[] pixels = pixels(48);
        byte[] right = idx(0x803, 3, 4, 4, pixels);
        Path wrapped = folder.resolve("train-images-idx3-ubyte/train-images-idx3-ubyte");
        Files.createDirectories(wrapped.getParent());
        assertThatThrownBy(() -> MnistImages.read(folder)).hasMessageContaining("expected one of");
        Path beside = Files.write(folder.resolve("train-images.idx3-ubyte"), right);
        assertThat(MnistImages.read(folder).bytes()).isEqualTo(pixels);
        assertThat(MnistImages.read(beside).bytes()).isEqualTo(pixels);
        Files.write(wrapped, Arrays.copyOf(right, 60));
        assertThat(MnistImages.read(folder).bytes()).isEqualTo(pixels);
        Files.delete(beside);
        assertThatThrownBy(() -> MnistImages.read(folder))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(wrapped + " is cut off");
        Files.write(wrapped, right);
        assertThat(MnistImages.read(folder).bytes()).isEqualTo(pixels);
    }

    @Test
    void whatShipsIsWrittenAsItIsRead() throws IOException {
        Files.write(folder.resolve("train-images-idx3-ubyte"), idx(0x803, 2, 4, 4, pixels(32)));
        MnistImages images = MnistImages.read(folder);
        Path again = Files.createDirectory(folder.resolve("again"));
        ShipMnist.write(images, again.resolve("train-images-idx3-ubyte.gz"));
        assertThat(MnistImages.read(again).bytes()).isEqualTo(images.bytes());
    }

    @Test
    void refusesWhatIsNotThere() {
        assertThatThrownBy(() -> MnistImages.read(folder))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no MNIST training images in '" + folder);
    }

    @Test
    void refusesDamage() throws IOException {
        byte[] right = idx(0x803, 3, 4, 4, pixels(48));
        refused("is cut off", Arrays.copyOf(right, 7));
        refused("is cut off: expected 48 bytes of pixels, found 47", Arrays.copyOf(right, 63));
        refused("is longer than its 3 images", Arrays.copyOf(right, 65));
        refused("found 00000801", idx(0x801, 3, 4, 4, pixels(48)));
        refused("expected square images", idx(0x803, 3, 4, 5, pixels(60)));
        refused("expected square images", idx(0x803, -3, 4, 4, pixels(60)));
        refused("expected square images", idx(0x803, 0x7fffffff, 1000, 1000, new byte[9]));
        refused("is cut off", new byte[0]);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(right);
        }
        refused("is cut off", Arrays.copyOf(packed.toByteArray(), 30));
        byte[] flipped = packed.toByteArray();
        flipped[flipped.length - 6] ^= 1;
        refused("is damaged", flipped);
    }

    @Test
    void poolingAveragesBlocks() throws IOException {
        byte[] pixels = {0, 1, 10, 11, 2, 3, 12, 14, (byte) 255, (byte) 255, 0, 0, 0, 0, 0, 1};
        Files.write(folder.resolve("train-images-idx3-ubyte"), idx(0x803, 1, 4, 4, pixels));
        MnistImages images = MnistImages.read(folder);
        assertThat(images.pooled(2).bytes()).containsExactly(2, 12, 128, 0);
        assertThat(images.pooled(4).bytes()).isEqualTo(pixels);
        assertThat(images.pooled(1).pixel(0, 0, 0)).isEqualTo(35); // 564 / 16
        assertThatThrownBy(() -> images.pooled(3)).hasMessageContaining("choose a divisor of 4");
        assertThatThrownBy(() -> images.subset(1, 1)).hasMessageContaining("within 1 images");
    }

    @Test
    void whatShipsAreTenThousandDigits() {
        MnistImages images = MnistImages.shipped();
        assertThat(images.count()).isEqualTo(10_000);
        assertThat(images.side()).isEqualTo(14);
        CRC32 sum = new CRC32();
        sum.update(images.bytes());
        assertThat(sum.getValue()).isEqualTo(0x9af4e61fL);
        assertThat(MnistImages.class.getResource("mnist-NOTICE.txt")).isNotNull();
    }

    @Test
    void theSourceDrawsWholeImages() {
        MnistImages images = MnistImages.shipped().subset(0, 50);
        Source source = images.source();
        Set<Integer> seen = new HashSet<>();
        for (int example = 0; example < 400; example++) {
            for (int pass = 0; pass < 2; pass++) {
                int found = -1;
                for (int image = 0; image < 50 && found < 0; image++) {
                    boolean same = true;
                    for (int at = 0; at < 196; at++) {
                        float pixel = images.pixel(image, at / 14, at % 14) / 255f;
                        same &= source.value(example, pass * 196L + at) == pixel;
                    }
                    found = same ? image : -1;
                }
                assertThat(found).isNotNegative();
                seen.add(found);
            }
        }
        assertThat(seen).hasSize(50);
        source.check(new int[] {2, 14, 14});
        images.pooled(1).source().check(new int[] {2});
        assertThatThrownBy(() -> source.check(new int[] {14, 7}))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("cannot fill sizes [14, 7]");
    }
}
