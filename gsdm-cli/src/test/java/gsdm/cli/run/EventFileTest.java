package gsdm.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

class EventFileTest {

    @TempDir Path folder;

    @Test
    void recordsReadBackAsTensorBoardReadsThem() throws IOException {
        try (EventFile events =
                new EventFile(folder, 300, 1.5e9, List.of("loss", "quality/rmse"))) {
            events.append(300, 1.5e9 + 1, 0.5, 2);
            events.append(1_000_000, 1.5e9 + 2, 0.25, Double.NaN);
        }
        List<Map<Integer, List<Object>>> records = records();
        assertThat(records).hasSize(4);
        assertThat(text(records.get(0).get(3).getFirst())).isEqualTo("brain.Event:2");
        assertThat(records.get(1)).containsKey(7); // the session starts: purge what was after
        assertThat(records.get(1).get(2)).containsExactly(300L);
        Map<Integer, List<Object>> last = records.get(3);
        assertThat(Double.longBitsToDouble((Long) last.get(1).getFirst())).isEqualTo(1.5e9 + 2);
        assertThat(last.get(2)).containsExactly(1_000_000L);
        List<Object> values = message((byte[]) last.get(5).getFirst()).get(1);
        Map<Integer, List<Object>> first = message((byte[]) values.get(0));
        assertThat(text(first.get(1).getFirst())).isEqualTo("loss");
        assertThat(Float.intBitsToFloat(((Long) first.get(2).getFirst()).intValue()))
                .isEqualTo(0.25f);
        assertThat(text(message((byte[]) values.get(1)).get(1).getFirst()))
                .isEqualTo("quality/rmse");
    }

    @Test
    void anEventIsAsLongAsTheTagsAre() throws IOException {
        List<String> tags =
                IntStream.range(0, 3000).mapToObj(i -> "loss/an_array_of_many_" + i).toList();
        double[] values = IntStream.range(0, 3000).asDoubleStream().toArray();
        try (EventFile events = new EventFile(folder, 1, 1.5e9, tags)) {
            events.append(Long.MAX_VALUE, 1.5e9, values);
        }
        List<Object> read = message((byte[]) records().getLast().get(5).getFirst()).get(1);
        assertThat(read).hasSize(3000);
        Map<Integer, List<Object>> last = message((byte[]) read.getLast());
        assertThat(text(last.get(1).getFirst())).isEqualTo(tags.getLast());
        assertThat(Float.intBitsToFloat(((Long) last.get(2).getFirst()).intValue()))
                .isEqualTo(2999f);
    }

    /**
     * A published check value of CRC32C (RFC 3720, B.4: 32 zero bytes), masked as TFRecord does.
     */
    @Test
    void checksumsAreCastagnoli() {
        CRC32C crc = new CRC32C();
        crc.update(new byte[32]);
        assertThat(crc.getValue()).isEqualTo(0x8a9136aaL);
    }

    private List<Map<Integer, List<Object>>> records() throws IOException {
        Path file;
        try (Stream<Path> files = Files.list(folder)) {
            file = files.findFirst().orElseThrow();
        }
        assertThat(file.getFileName().toString()).startsWith("events.out.tfevents.1500000000.");
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Map<Integer, List<Object>>> records = new ArrayList<>();
        while (in.hasRemaining()) {
            byte[] length = new byte[8];
            in.get(length);
            assertThat(in.getInt()).isEqualTo(masked(length));
            byte[] data =
                    new byte
                            [(int)
                                    ByteBuffer.wrap(length)
                                            .order(ByteOrder.LITTLE_ENDIAN)
                                            .getLong()];
            in.get(data);
            assertThat(in.getInt()).isEqualTo(masked(data));
            records.add(message(data));
        }
        return records;
    }

    private static int masked(byte... bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        long value = crc.getValue();
        return (int) ((value >>> 15 | value << 17) + 0xa282ead8L);
    }

    /** Field number to values: longs for numbers, byte arrays for what has a length. */
    private static Map<Integer, List<Object>> message(byte... bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        Map<Integer, List<Object>> fields = new HashMap<>();
        while (in.hasRemaining()) {
            int key = (int) varint(in);
            Object value =
                    switch (key & 7) {
                        case 0 -> varint(in);
                        case 1 -> in.getLong();
                        case 2 -> {
                            byte[] part = new byte[(int) varint(in)];
                            in.get(part);
                            yield part;
                        }
                        case 5 -> (long) in.getInt();
                        default -> throw new AssertionError("wire type of " + key);
                    };
            fields.computeIfAbsent(key >> 3, _ -> new ArrayList<>()).add(value);
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, StandardCharsets.UTF_8);
    }
}
