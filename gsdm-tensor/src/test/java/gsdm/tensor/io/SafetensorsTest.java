package gsdm.tensor.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;

class SafetensorsTest {
    @TempDir Path directory;
    private final Arena arena = Arena.ofConfined();
    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("model.safetensors");
    }

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void floatsLongsAndMetadataComeBack() throws IOException {
        float[] weights = {1, -0f, Float.NaN, Float.MIN_VALUE, Float.NEGATIVE_INFINITY, 0.1f};
        long[] steps = {Long.MIN_VALUE, -1, Long.MAX_VALUE};
        String odd = "quote \" slash \\ line\n tab\t bell\u0007 ä € 😀";
        new SafetensorsWriter()
                .metadata("step", "12")
                .metadata(odd, odd)
                .floats("weights", weights, 2, 3)
                .longs("steps", steps, 3)
                .floats("scalar", new float[] {7})
                .floats("empty", new float[0], 4, 0)
                .floats(odd, new float[] {8}, 1)
                .write(file);

        SafetensorsFile read = SafetensorsFile.open(file, arena);
        assertThat(read.metadata()).hasSize(2).containsEntry("step", "12").containsEntry(odd, odd);
        assertThat(read.names()).containsExactly("steps", "weights", "scalar", "empty", odd);
        assertThat(read.floats("weights")).isEqualTo(weights);
        assertThat(read.longs("steps")).isEqualTo(steps);
        assertThat(read.floats("scalar")).containsExactly(7);
        assertThat(read.floats("empty")).isEmpty();
        assertThat(read.floats(odd)).containsExactly(8);
        assertThat(read.get("weights").shape()).containsExactly(2, 3);
        assertThat(read.get("scalar").shape()).isEmpty();
        assertThat(read.get("weights")).hasToString("weights F32[2, 3]");
        assertThat(read.contains("weights")).isTrue();
        assertThat(read.contains("step")).isFalse();
        assertThat(read.hasChecksum()).isTrue();
        read.verify();
    }

    @ParameterizedTest
    @EnumSource
    void everyTypeComesBackBitByBit(ElementType type) throws IOException {
        for (int size : new int[] {0, 1, 13, 207, 4098, 100_003}) {
            byte[] bytes = new byte[size * type.bytes()];
            new Random(size).nextBytes(bytes);
            MemorySegment block = arena.allocate(Math.max(1, bytes.length), 64);
            MemorySegment data = block.asSlice(0, bytes.length);
            data.copyFrom(MemorySegment.ofArray(bytes));
            new SafetensorsWriter().tensor("x", type, new long[] {size}, data).write(file);
            SafetensorsFile read = SafetensorsFile.open(file, arena);
            TensorView x = read.get("x");
            assertThat(x.type()).isEqualTo(type);
            assertThat(x.size()).isEqualTo(size);
            assertThat(x.data().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes);
            assertThat(x.data().isReadOnly()).isTrue();
            read.verify();
        }
    }

    @Test
    void aWrongTypeOrNameIsNamed() throws IOException {
        new SafetensorsWriter().floats("x", new float[] {1}, 1).write(file);
        SafetensorsFile read = SafetensorsFile.open(file, arena);
        assertThatThrownBy(() -> read.longs("x"))
                .isInstanceOf(SafetensorsException.class)
                .hasMessage(file + ": tensor x must be I64, found F32");
        assertThatThrownBy(() -> read.floats("y"))
                .isInstanceOf(SafetensorsException.class)
                .hasMessage(file + ": there is no tensor y among its 1");
        assertThatThrownBy(() -> SafetensorsFile.open(directory.resolve("no"), arena))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> SafetensorsFile.open(directory, arena))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageContaining("not a file");
    }

    @Test
    void tensorsAreAlignedAndBytesAreReproducible() throws IOException {
        Path again = directory.resolve("again.safetensors");
        for (Path path : new Path[] {file, again}) {
            new SafetensorsWriter()
                    .tensor("b", ElementType.U8, new long[] {3}, bytes(3))
                    .tensor("h", ElementType.BF16, new long[] {3}, bytes(6))
                    .floats("f", new float[3], 3)
                    .longs("l", new long[3], 3)
                    .write(path);
        }
        assertThat(again).hasSameBinaryContentAs(file);
        byte[] content = Files.readAllBytes(file);
        long header = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getLong();
        assertThat((8 + header) % 64).isZero();
        SafetensorsFile read = SafetensorsFile.open(file, arena);
        assertThat(read.names()).containsExactly("l", "f", "h", "b");
        for (String name : read.names()) {
            TensorView view = read.get(name);
            assertThat(view.data().address() % view.type().bytes()).isZero();
        }
    }

    @Test
    void theWriterRefusesWhatCannotBeRead() {
        SafetensorsWriter writer = new SafetensorsWriter().metadata("k", "v");
        writer.floats("x", new float[1], 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> writer.floats("x", new float[1], 1))
                .withMessageContaining("x is taken");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> writer.metadata("k", "w"))
                .withMessageContaining("k is taken");
        assertThatIllegalArgumentException().isThrownBy(() -> writer.metadata("crc32c", "0"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> writer.floats("__metadata__", new float[1], 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> writer.floats("y", new float[5], 2, 3))
                .withMessageContaining("24 bytes")
                .withMessageContaining("found 20");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> writer.floats("y", new float[6], -2, -3))
                .withMessageContaining("-2");
        writer.floats("half \ud83d", new float[1], 1);
        assertThatIllegalArgumentException().isThrownBy(() -> writer.write(file));
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
        new SafetensorsWriter().floats("x", new float[] {1}, 1).write(file);
        byte[] before = Files.readAllBytes(file);
        MemorySegment gone;
        try (Arena closed = Arena.ofConfined()) {
            gone = closed.allocate(400);
        }
        SafetensorsWriter writer =
                new SafetensorsWriter()
                        .floats("x", new float[1000], 1000)
                        .tensor("gone", ElementType.F32, new long[] {100}, gone);
        assertThatThrownBy(() -> writer.write(file)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() ->
                        AtomicFile.write(
                                file,
                                channel -> {
                                    channel.write(ByteBuffer.allocate(9));
                                    throw new IOException("No space left on device");
                                }))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": cannot be written: No space left on device");
        assertThat(file).hasBinaryContent(before);
        assertThat(files()).containsExactly("model.safetensors");
        assertThatThrownBy(() -> writer.write(directory)).isInstanceOf(IOException.class);
        Path nowhere = directory.resolve("none/model.safetensors");
        assertThatThrownBy(() -> writer.write(nowhere)).isInstanceOf(IOException.class);
        assertThat(files()).containsExactly("model.safetensors");
    }

    @Test
    void aWriteReplacesAFileThatIsStillMapped() throws IOException {
        new SafetensorsWriter().floats("x", new float[] {1}, 1).write(file);
        SafetensorsFile old = SafetensorsFile.open(file, arena);
        new SafetensorsWriter().floats("x", new float[] {2, 3}, 2).write(file);
        assertThat(old.floats("x")).containsExactly(1);
        assertThat(SafetensorsFile.open(file, arena).floats("x")).containsExactly(2, 3);
    }

    @Test
    void filesOfOtherWritersHaveNoChecksum() throws IOException {
        raw("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", new byte[4]);
        SafetensorsFile read = SafetensorsFile.open(file, arena);
        assertThat(read.floats("x")).containsExactly(0); // 4-byte data at an odd address
        assertThat(read.hasChecksum()).isFalse();
        assertThatThrownBy(read::verify)
                .isInstanceOf(SafetensorsException.class)
                .hasMessageContaining("no checksum");
    }

    private void raw(String header, byte[] data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer content = ByteBuffer.allocate(8 + json.length + data.length);
        content.order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json).put(data);
        Files.write(file, content.array());
    }

    private String[] files() throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.map(path -> path.getFileName().toString()).toArray(String[]::new);
        }
    }

    private static MemorySegment bytes(int count) {
        return MemorySegment.ofArray(new byte[count]);
    }
}
