package gsdm.tensor.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * Damaged and hostile files: they read, or they are one kind of exception, and never anything else.
 */
class HostileSafetensorsTest {
    private static final String X = "'x':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}";

    @TempDir Path directory;
    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("hostile.safetensors");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{X}",
                "{X}      ",
                "{ 'x' : { 'shape' :\t[ 2 ] ,\r\n'data_offsets':[0,8], 'dtype':'F32' } }",
                "{X,'__metadata__':{}}",
                "{'__metadata__':{'a':'b','b':'\\u00e9\\ud83d\\ude00\\/\\b\\f'},X}",
                "{X,'y':{'dtype':'I8','shape':[0,9],'data_offsets':[8,8]}}",
                "{'y':{'dtype':'I64','shape':[0],'data_offsets':[0,0]},X}",
                "{'y':{'dtype':'U8','shape':[],'data_offsets':[7,8]},"
                        + "'x':{'dtype':'BOOL','shape':[7],'data_offsets':[0,7]}}",
            })
    void whatTheFormatAllowsIsRead(String header) throws IOException {
        write(header, 8);
        assertThat(read()).isTrue();
    }

    @Test
    void anEmptyFileOfTensorsIsRead() throws IOException {
        write("{}", 0);
        assertThat(read()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{X | expected }",
                "{X}} | expected the end",
                "{X},  {} | expected the end",
                "{X,} | expected \"",
                "{,X} | expected \"",
                "[X] | does not begin with {",
                "` {X}` | does not begin with {",
                "{X,X} | the name x occurs twice",
                "{'__metadata__':{},X,'__metadata__':{}} | __metadata__ occurs twice",
                "{'__metadata__':{'a':'1','a':'1'},X} | metadata key a occurs twice",
                "{'__metadata__':{'a':1},X} | expected \"",
                "{'__metadata__':[],X} | expected {",
                "{'__metadata__':null,X} | expected {",
                "{'x':{}} | expected \"",
                "{'x':[]} | expected {",
                "{'x':{'dtype':'F32','shape':[2]}} | needs a dtype, a shape",
                "{'x':{'dtype':'F32','dtype':'F32','shape':[2],'data_offsets':[0,8]}} | dtype"
                        + " occurs",
                "{'x':{'dtype':'F32','shape':[2],'shape':[2],'data_offsets':[0,8]}} | shape occurs",
                "{'x':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'data_offsets':[0,8]}} |"
                        + " occurs",
                "{'x':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'more':1}} | found more",
                "{'x':{'dtype':'F33','shape':[2],'data_offsets':[0,8]}} | found F33",
                "{'x':{'dtype':'f32','shape':[2],'data_offsets':[0,8]}} | found f32",
                "{'x':{'dtype':'F32','shape':[2],'data_offsets':[0]}} | two data_offsets",
                "{'x':{'dtype':'F32','shape':[2],'data_offsets':[0,8,8]}} | two data_offsets",
                "{'x':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}} | expected ]",
                "{'x':{'dtype':'F32','shape':[2e0],'data_offsets':[0,8]}} | expected ]",
                "{'x':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}} | non-negative integer",
                "{'x':{'dtype':'F32','shape':[02],'data_offsets':[0,8]}} | non-negative integer",
                "{'x':{'dtype':'F32','shape':[],'data_offsets':[0,8]}} | must have 4 bytes",
                "{'x':{'dtype':'F32','shape':[[2]],'data_offsets':[0,8]}} | non-negative integer",
                "{'x':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}} | must have 12 bytes",
                "{'x':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}} | must begin at byte 0",
                "{'x':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | must begin at byte 0",
                "{'x':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | must fill 8 bytes",
                "{'x':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}} | may be truncated",
                "{X,'y':{'dtype':'I8','shape':[1],'data_offsets':[7,8]}} | must begin at byte 8",
                "{X,'y':{'dtype':'I8','shape':[1],'data_offsets':[9,10]}} | must begin at byte 8",
                "{X,'y':{'dtype':'I8','shape':[8],'data_offsets':[0,8]}} | must begin at byte 8",
                "{'x':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,8]}} | 63"
                        + " bits",
                "{'x':{'dtype':'F32','shape':[9223372036854775807],'data_offsets':[0,8]}} | 63"
                        + " bits",
                "{'x':{'dtype':'F32','shape':[9223372036854775808],'data_offsets':[0,8]}} | 63"
                        + " bits",
                "{'x':{'dtype':'I8','shape':[2],'data_offsets':[0,9223372036854775807]}} |"
                        + " truncated",
                "{'\\x':1} | unknown escape",
                "{'\\u12g4':1} | hexadecimal",
                "{'\\ud83d':1} | surrogate",
                "{'\\ude00\\ud83d':1} | surrogate",
                "{'x | does not end",
            })
    void whatTheFormatForbidsIsNamed(String header, String reason) throws IOException {
        write(header, 8);
        assertThatThrownBy(this::read)
                .isInstanceOf(SafetensorsException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }

    @Test
    void deepNestingAndLongNamesAreOneShortLine() throws IOException {
        write("{'x':" + "[".repeat(1_000_000), 0);
        assertThatThrownBy(this::read).hasMessageContaining("expected {");
        write("{'x':{'dtype':'F32','shape':" + "[".repeat(1_000_000), 0);
        assertThatThrownBy(this::read).hasMessageContaining("non-negative integer");
        String name = "n\\n".repeat(1_000_000);
        write("{'%s':{'dtype':'F32','shape':[1],'data_offsets':[0,8]}}".formatted(name), 8);
        assertThatThrownBy(this::read)
                .isInstanceOf(SafetensorsException.class)
                .satisfies(error -> assertThat(error.getMessage().length()).isLessThan(1000))
                .hasMessageNotContaining("\n");
    }

    @Test
    void textThatIsNotUnicodeIsRefused() throws IOException {
        byte[] header = "{'x':1}".replace('\'', '"').getBytes(StandardCharsets.US_ASCII);
        header[2] = (byte) 0xC0;
        Files.write(file, withLength(header.length, header));
        assertThatThrownBy(this::read).hasMessageContaining("UTF-8");
        write("{'a\u0001b':1}", 0);
        assertThatThrownBy(this::read).hasMessageContaining("control characters");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 0, 1, 100_000_001, 1L << 40, 3})
    void absurdHeaderLengthsAreRefused(long length) throws IOException {
        Files.write(file, withLength(length, "{}".getBytes(StandardCharsets.US_ASCII)));
        assertThatThrownBy(this::read)
                .isInstanceOf(SafetensorsException.class)
                .hasMessageContaining("not a safetensors file, or truncated")
                .hasMessageContaining(Long.toUnsignedString(length));
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        byte[] whole = sample();
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(this::read)
                    .as("length %d", length)
                    .isInstanceOf(SafetensorsException.class);
        }
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        assertThatThrownBy(this::read).hasMessageContaining("must fill");
    }

    /** A flipped bit is found when the file is opened, or else by its checksum. */
    @Test
    void everyFlippedBitIsFound() throws IOException {
        byte[] whole = sample();
        for (int bit = 0; bit < 8 * whole.length; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, flipped);
            try (Arena arena = Arena.ofConfined()) {
                SafetensorsFile.open(file, arena).verify();
                fail("bit %d was flipped unseen", bit);
            } catch (SafetensorsException expected) {
                assertThat(expected).hasMessageStartingWith(file + ": ");
            }
        }
    }

    @Test
    void randomDamageIsReadOrRefused() throws IOException {
        byte[] whole = sample();
        int refused = 0;
        long seed = System.nanoTime();
        for (int round = 0; round < 1500; round++) {
            Random random = new Random(seed + round);
            byte[] damaged = whole.clone();
            for (int i = random.nextInt(6); i >= 0; i--) {
                // Mostly in the header, with the characters that matter to it.
                int at = random.nextInt(random.nextInt(10) == 0 ? whole.length : 300);
                String alphabet = "{}[]\",:0123456789\\ueE-. ";
                damaged[at] =
                        random.nextBoolean()
                                ? (byte) random.nextInt(256)
                                : (byte) alphabet.charAt(random.nextInt(alphabet.length()));
            }
            Files.write(file, damaged);
            try {
                read();
            } catch (SafetensorsException expected) {
                refused++;
            } catch (Throwable unexpected) {
                throw new AssertionError("seed " + (seed + round), unexpected);
            }
        }
        assertThat(refused).as("seed %d", seed).isBetween(500, 1500);
    }

    private byte[] sample() throws IOException {
        new SafetensorsWriter()
                .metadata("step", "1234567890")
                .metadata("config", "{\"a\": [1, 2], \"b\": \"\\\"crc32c\\\":\\\"00000000\"}")
                .floats("weights", new float[] {1, 2, 3, 4, 5, 6}, 2, 3)
                .longs("steps", new long[] {1, 2}, 2)
                .floats("bias", new float[] {1, 2, 3}, 3)
                .write(file);
        return Files.readAllBytes(file);
    }

    /** Opens the file and touches every byte. */
    private boolean read() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsFile opened = SafetensorsFile.open(file, arena);
            for (String name : opened.names()) {
                TensorView view = opened.get(name);
                byte[] bytes = view.data().toArray(ValueLayout.JAVA_BYTE);
                assertThat((long) bytes.length).isEqualTo(view.size() * view.type().bytes());
            }
            return true;
        }
    }

    private void write(String header, int dataBytes) throws IOException {
        byte[] json = header.replace("X", X).replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        byte[] content = Arrays.copyOf(withLength(json.length, json), 8 + json.length + dataBytes);
        Files.write(file, content);
    }

    private static byte[] withLength(long length, byte[] rest) {
        return ByteBuffer.allocate(8 + rest.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(rest)
                .array();
    }
}
