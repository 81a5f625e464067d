package gsdm.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

class MetricsLogTest {

    private static final List<String> NAMES = List.of("loss", "loss_A");

    @TempDir Path folder;

    @Test
    void eachStepStandsOnceAfterAKilledRunGoesOn() throws IOException {
        Path file = folder.resolve("metrics.jsonl");
        write(file, 0, 1, 10);
        Files.writeString(file, "{\"step\":11,\"lo", StandardOpenOption.APPEND);
        write(file, 7, 8, 12);
        assertThat(steps(file)).isEqualTo(IntStream.rangeClosed(1, 12).boxed().toList());
    }

    @Test
    void aLineCutInsideTheKeptStepsIsDropped() throws IOException {
        Path file = folder.resolve("metrics.jsonl");
        write(file, 0, 1, 3);
        Files.writeString(file, "{\"step\":4", StandardOpenOption.APPEND);
        write(file, 5, 6, 6);
        assertThat(steps(file)).containsExactly(1, 2, 3, 6);
    }

    @Test
    void startingAnewDropsEverything() throws IOException {
        Path file = folder.resolve("metrics.jsonl");
        write(file, 0, 1, 3);
        write(file, 0, 1, 1);
        assertThat(steps(file)).containsExactly(1);
    }

    @Test
    void logsLongerThanTheReadBufferAreCutInTheRightPlace() throws IOException {
        Path file = folder.resolve("metrics.jsonl");
        write(file, 0, 1, 4098);
        write(file, 4000, 4001, 4001);
        assertThat(steps(file)).hasSize(4001).endsWith(4000, 4001).doesNotHaveDuplicates();
    }

    @Test
    void numbersReadBackAndInfinityIsNull() throws IOException {
        Path file = folder.resolve("metrics.jsonl");
        try (MetricsLog log = new MetricsLog(file, 0, NAMES)) {
            log.append(1, 0.25, Double.NaN);
            log.append(2, 1e-20, -3e20);
            assertThatThrownBy(() -> log.append(3, 1)).hasMessageContaining("expected 2 values");
        }
        List<JsonNode> lines =
                Files.readAllLines(file).stream().map(JsonMapper.shared()::readTree).toList();
        assertThat(lines.get(0).get("loss").asDouble()).isEqualTo(0.25);
        assertThat(lines.get(0).get("loss_A").isNull()).isTrue();
        assertThat(lines.get(1).get("loss_A").asDouble()).isEqualTo(-3e20);
    }

    @Test
    void aLineIsAsLongAsTheNamesAndValuesAre() throws IOException {
        Path file = folder.resolve("metrics.jsonl");
        List<String> names =
                IntStream.range(0, 3000).mapToObj(i -> "loss/an_array_of_many_" + i).toList();
        double[] values = new double[names.size()];
        Arrays.fill(values, -Float.MIN_NORMAL); // among the floats with the longest text
        try (MetricsLog log = new MetricsLog(file, 0, names)) {
            log.append(Long.MAX_VALUE, values);
        }
        JsonNode line = JsonMapper.shared().readTree(Files.readString(file));
        assertThat(line.size()).isEqualTo(1 + names.size());
        assertThat(line.get(names.getLast()).floatValue()).isEqualTo(-Float.MIN_NORMAL);
    }

    private static void write(Path file, long last, int from, int to) throws IOException {
        try (MetricsLog log = new MetricsLog(file, last, NAMES)) {
            for (int step = from; step <= to; step++) {
                log.append(step, 1.0 / step, step);
            }
        }
    }

    private static List<Integer> steps(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> JsonMapper.shared().readTree(line).get("step").asInt())
                .toList();
    }
}
