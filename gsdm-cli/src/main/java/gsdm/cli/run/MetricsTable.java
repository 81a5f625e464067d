package gsdm.cli.run;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a {@link MetricsLog} has written, by columns.
 *
 * @param steps of the lines, ascending
 * @param columns as many values as there are steps by name, NaN where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // a plain carrier; nobody compares two of them
public record MetricsTable(double[] steps, Map<String, double[]> columns) {

    private static final String STEP = "step";

    /**
     * Reads a log.
     *
     * @param log the file; none is an empty table
     * @param wanted the names of the columns to keep, all of which the first line has
     * @throws IOException if it cannot be read
     */
    public static MetricsTable read(Path log, Predicate<String> wanted) throws IOException {
        List<String> names = new ArrayList<>(List.of(STEP));
        List<double[]> rows = new ArrayList<>();
        if (Files.exists(log)) {
            try (Stream<String> lines = Files.lines(log)) {
                lines.map(JsonMapper.shared()::readTree)
                        .forEach(line -> {
                            if (rows.isEmpty()) {
                                line.propertyNames().stream()
                                        .filter(name -> !name.equals(STEP) && wanted.test(name))
                                        .forEach(names::add);
                            }
                            rows.add(row(line, names));
                        });
            }
        }
        Map<String, double[]> columns = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            int column = i;
            columns.put(names.get(i), rows.stream().mapToDouble(row -> row[column]).toArray());
        }
        return new MetricsTable(columns.remove(STEP), columns);
    }

    private static double[] row(JsonNode line, List<String> names) {
        return names.stream()
                .map(line::path)
                .mapToDouble(value -> value.isNumber() ? value.asDouble() : Double.NaN)
                .toArray();
    }
}
