package gsdm.cli.sweep;

import gsdm.cli.session.RunConfiguration;
import gsdm.cli.session.TrainingLength;

import java.util.List;
import java.util.Map;

/**
 * An experiment: rows of settings, each trained with every seed, all for the same length.
 *
 * @param name of its file
 * @param length of each run
 * @param seeds of the runs, each once
 * @param rows in the order of the file
 */
public record Sweep(String name, TrainingLength length, List<Long> seeds, List<Row> rows) {

    /** Copies the lists. */
    public Sweep {
        seeds = List.copyOf(seeds);
        rows = List.copyOf(rows);
    }

    /**
     * A row of the table.
     *
     * @param name as the table shows it
     * @param configuration of its runs, but for the seed
     */
    public record Row(String name, RunConfiguration configuration) {

        /** What is not a letter, a digit or one of these is a dash in the names of folders. */
        private static final String ODD = "[^\\p{L}\\p{N}._=+,-]+";

        /** The row's part of the names of its runs' folders. */
        String slug() {
            return name.replaceAll(ODD, "-");
        }
    }

    /**
     * A run.
     *
     * @param row its settings
     * @param seed of every random number of it
     */
    public record Run(Row row, long seed) {

        /** Every setting of the run. */
        public RunConfiguration configuration() {
            return row.configuration().with(List.of("training.seed=" + seed));
        }

        /** The name of its folder. */
        public String folder() {
            return row.slug() + "-seed" + seed;
        }

        @Override
        public String toString() {
            return row.name() + ", seed " + seed;
        }
    }

    /**
     * All runs in their order: every row with the first seed, then with the second, so that a slow
     * hour of the machine hits all rows alike.
     */
    public List<Run> runs() {
        return seeds.stream()
                .flatMap(seed -> rows.stream().map(row -> new Run(row, seed)))
                .toList();
    }

    /** The settings of a row, as {@code section.key}, that are not the same in all rows. */
    public Map<String, Object> differences(Row row) {
        List<Map<String, Object>> all =
                rows.stream().map(other -> other.configuration().values().flat()).toList();
        Map<String, Object> different = row.configuration().values().flat();
        different
                .entrySet()
                .removeIf(setting ->
                        all.stream()
                                .allMatch(other ->
                                        setting.getValue().equals(other.get(setting.getKey()))));
        return different;
    }
}
