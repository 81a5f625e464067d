package gsdm.cli.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.cli.error.CommandException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.BiConsumer;

class NpyFileTest {

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void writtenArraysReadBack(int axes) throws IOException {
        int[] shape = Arrays.copyOf(new int[] {13, 1, 7}, axes);
        float[] values = new float[(int) NpyArray.size(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = i - 1.5f;
        }
        Path file = folder.resolve("a.npy");
        NpyFile.write(file, new NpyArray(shape, values));
        NpyArray read = NpyFile.read(file);
        assertThat(read.shape()).isEqualTo(shape);
        assertThat(read.values()).isEqualTo(values);
        int header = Files.readAllBytes(file).length - 4 * values.length;
        assertThat(header % 64).isZero();
    }

    @Test
    void readsEveryTypeAndOrder() throws IOException {
        assertThat(values("<f8", false, (b, v) -> b.putDouble(v)))
                .containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(values("<i8", false, (b, v) -> b.putLong(v.longValue())))
                .containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(values("<i4", false, (b, v) -> b.putInt(v.intValue())))
                .containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(values("|u1", false, (b, v) -> b.put(v.byteValue())))
                .containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(values("|i1", false, (b, v) -> b.put((byte) (v - 3))))
                .containsExactly(-3, -2, -1, 0, 1, 2);
        assertThat(values(">i2", false, (b, v) -> b.putShort((short) (v - 3))))
                .containsExactly(-3, -2, -1, 0, 1, 2);
        assertThat(values("<u2", false, (b, v) -> b.putShort((short) (0xfff0 + v))))
                .startsWith(65520, 65521);
        assertThat(values("<u4", false, (b, v) -> b.putInt((int) (0xffffff00L + v.longValue()))))
                .startsWith(4294967040f);
        assertThat(values("<u8", false, (b, v) -> b.putLong(v.longValue() - 1)))
                .startsWith(0x1p64f, 0, 1);
        assertThat(values("<f2", false, (b, v) -> b.putShort(Float.floatToFloat16(v.floatValue()))))
                .containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(values("|b1", false, (b, v) -> b.put((byte) (v % 3))))
                .containsExactly(0, 1, 1, 0, 1, 1);
        assertThat(values("?", false, (b, v) -> b.put(v.byteValue())))
                .containsExactly(0, 1, 1, 1, 1, 1);
        assertThat(values(">d", false, (b, v) -> b.putDouble(v))).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(values(">f4", false, (b, v) -> b.putFloat(v.floatValue())))
                .containsExactly(0, 1, 2, 3, 4, 5);
        // columns first: the file holds [0, 0], [1, 0], [0, 1], ... of a 2 x 3 array
        assertThat(values("<f4", true, (b, v) -> b.putFloat(v.floatValue())))
                .containsExactly(0, 2, 4, 1, 3, 5);
    }

    private float[] values(String type, boolean columnsFirst, BiConsumer<ByteBuffer, Double> put)
            throws IOException {
        ByteBuffer data = ByteBuffer.allocate(64);
        data.order(type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        for (double v = 0; v < 6; v++) {
            put.accept(data, v);
        }
        String order = columnsFirst ? "True" : "False";
        Path file =
                npy(
                        "{'descr': '"
                                + type
                                + "', 'fortran_order': "
                                + order
                                + ", 'shape': (2, 3), }",
                        Arrays.copyOf(data.array(), data.position()));
        return NpyFile.read(file).values();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L), }", // Python 2
                "{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": (2, 3)}",
                "{'descr': 'f4', 'fortran_order': False, 'shape': (2, 3), }",
                "{'descr': '=f4', 'fortran_order': False, 'shape': (2, 3), }",
                "{'descr': 'f', 'fortran_order': False, 'shape': (2, 3), }",
                "{'descr': '<single', 'fortran_order': False, 'shape': (2, 3), }",
                "{'descr': 'float32', 'fortran_order': False, 'shape': (2, 3), }",
                "{'shape':(2,3,),'descr':'<f4','fortran_order':False}",
                "  { u'fortran_order' : False , u'shape' : ( 2 , 3 ) ,\t'descr' : u'<f4' } \n",
            })
    void readsHeadersThatNumPyReads(String header) throws IOException {
        for (int version = 1; version <= 3; version++) {
            ByteBuffer data = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
            for (float v = 0; v < 6; v++) {
                data.putFloat(v);
            }
            NpyArray read = NpyFile.read(npy(version, 0, header, data.array()));
            assertThat(read.shape()).containsExactly(2, 3);
            assertThat(read.values()).containsExactly(0, 1, 2, 3, 4, 5);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{'descr': '<f4', 'fortran_order': False}",
                "{'descr': '<f4', 'descr': '<f4', 'shape': (2, 3)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'more': 1}",
                "{'descr': '<f4' 'fortran_order': False, 'shape': (2, 3)}",
                "{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': [2, 3]}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (6)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,,3)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2 3,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-2, -3)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (02, 3)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2LL, 3)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)} + 1",
                "{'descr\": '<f4', 'fortran_order': False, 'shape': (2, 3)}",
                "{'descr': '<f4\", 'fortran_order': False, 'shape': (2, 3)}",
                "{'descr': '|O', 'fortran_order': False, 'shape': (2, 3)}",
                "{'descr': '<c8', 'fortran_order': False, 'shape': (2, 3)}",
                "{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (2, 3)}",
                "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 3)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (65536, 65536, 65536, 65536)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967298, 3)}",
            })
    void otherHeadersAreBadInput(String header) throws IOException {
        assertThatThrownBy(() -> NpyFile.read(npy(header, new byte[24])))
                .isInstanceOf(CommandException.class)
                .hasMessageStartingWith(folder.resolve("a.npy") + ": ");
    }

    @Test
    void versionsThatDoNotExistAreRefused() throws IOException {
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
        for (int[] version : new int[][] {{0, 0}, {1, 1}, {2, 1}, {4, 0}, {255, 255}}) {
            Path file = npy(version[0], version[1], header, new byte[24]);
            refused(file, "version 1.0, 2.0 or 3.0, found " + version[0] + "." + version[1]);
        }
    }

    @Test
    void damagedAndForeignFilesAreBadInput() throws IOException {
        refused(Files.write(folder.resolve("empty.npy"), new byte[0]), "not an NPY file");
        refused(Files.writeString(folder.resolve("text.npy"), "1,2,3,4,5,6,7"), "does not start");
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
        refused(npy(header, new byte[23]), "expected 24 bytes of f4 for shape [2, 3], found 23");
        refused(npy(header.replace("<f4", "<c8"), new byte[24]), "astype('float32')");
        refused(npy(header.replace("'<f4'", "[('a', '<f4')]"), new byte[24]), "array of numbers");
        refused(
                npy(header.replace("(2, 3)", "(2000000000, 2000000000, 2000000000)"), new byte[0]),
                "too large");
        refused(npy(header.replace("(2, 3)", "(99999999999,)"), new byte[0]), "2^31");
        byte[] huge = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, -1, -1, -1, -1};
        refused(Files.write(folder.resolve("huge.npy"), huge), "header of at most");
    }

    private static void refused(Path file, String message) {
        assertThatThrownBy(() -> NpyFile.read(file))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(message);
    }

    private Path npy(String header, byte... data) throws IOException {
        return npy(1, 0, header, data);
    }

    private Path npy(int major, int minor, String header, byte... data) throws IOException {
        byte[] text = (header + "\n").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer file =
                ByteBuffer.allocate(12 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) major, (byte) minor});
        if (major == 1) {
            file.putShort((short) text.length);
        } else {
            file.putInt(text.length);
        }
        file.put(text).put(data);
        return Files.write(folder.resolve("a.npy"), Arrays.copyOf(file.array(), file.position()));
    }
}
