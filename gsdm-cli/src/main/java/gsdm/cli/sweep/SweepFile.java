package gsdm.cli.sweep;

import gsdm.cli.config.ConfigurationBuilder;
import gsdm.cli.config.Key;
import gsdm.cli.config.KeyType;
import gsdm.cli.config.YamlTree;
import gsdm.cli.error.CommandException;
import gsdm.cli.session.RunConfiguration;
import gsdm.cli.session.TrainingLength;
import gsdm.graph.data.DataException;
import gsdm.graph.problem.Names;
import gsdm.graph.problem.Problem;
import gsdm.graph.problem.Problems;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The YAML file of an experiment. All of it is checked before the first run, down to the problem at
 * the sizes of each row; what is wrong is refused with its line.
 */
public final class SweepFile {

    private static final String PROBLEM = "problem";
    private static final String PRESET = "preset";
    private static final String SETTINGS = "settings";
    private static final String SEEDS = "seeds";
    private static final String TIME = "time";
    private static final String STEPS = "steps";
    private static final String ROWS = "rows";
    private static final String GRID = "grid";
    private static final List<String> KEYS =
            List.of(PROBLEM, PRESET, SETTINGS, SEEDS, TIME, STEPS, ROWS, GRID);

    private final YamlTree tree;
    private final Instances instances;

    private SweepFile(YamlTree tree, Instances instances) {
        this.tree = tree;
        this.instances = instances;
    }

    /**
     * Reads and checks a file.
     *
     * @param instances what builds the problems
     * @throws IOException if it cannot be read
     * @throws CommandException (bad input) with file and line if anything in it is wrong
     */
    public static Sweep read(Path file, Instances instances) throws IOException {
        return new SweepFile(YamlTree.read(file), instances).sweep(nameOf(file));
    }

    /**
     * The same of a text.
     *
     * @param name of the experiment
     */
    public static Sweep parse(String name, String yaml, Instances instances) {
        return new SweepFile(YamlTree.parse(name, yaml), instances).sweep(name);
    }

    /**
     * The length of the runs alone, of a file that need not be right otherwise.
     *
     * @throws IOException if it cannot be read
     */
    static TrainingLength readLength(Path file) throws IOException {
        return new SweepFile(YamlTree.read(file), new Instances()).length();
    }

    /** The name of a file without {@code .yaml}. */
    public static String nameOf(Path file) {
        return file.toAbsolutePath().getFileName().toString().replaceFirst("\\.ya?ml$", "");
    }

    private Sweep sweep(String name) {
        for (String key : tree.values().keySet()) {
            if (!KEYS.contains(key)) {
                String nearest = Names.nearest(key, KEYS).orElseThrow();
                throw refuse("unknown key " + key + ": did you mean " + nearest + "?", key);
            }
        }
        return new Sweep(name, length(), seeds(), rows());
    }

    private TrainingLength length() {
        if (has(STEPS) == has(TIME)) {
            throw refuse("expected either steps or time, as \"time: 2m\"", STEPS);
        }
        if (has(STEPS)) {
            Object raw = tree.values().get(STEPS);
            return KeyType.INTEGER
                    .parse(raw)
                    .map(Long.class::cast)
                    .filter(steps -> steps > 0)
                    .map(TrainingLength::ofSteps)
                    .orElseThrow(() -> unexpected("a whole number, 1 or more", raw, STEPS));
        }
        return located(() -> TrainingLength.ofTime(text(TIME, "a time")), "time: ", TIME);
    }

    private List<Long> seeds() {
        Object raw = tree.values().getOrDefault(SEEDS, "");
        List<Long> seeds = new ArrayList<>();
        KeyType.INTEGERS
                .parse(raw)
                .ifPresent(found -> ((List<?>) found).forEach(seed -> seeds.add((Long) seed)));
        if (seeds.isEmpty()) {
            throw unexpected("a list of whole numbers, as [1, 2]", raw, SEEDS);
        }
        if (new HashSet<>(seeds).size() < seeds.size()) {
            throw refuse("a seed stands twice in " + seeds, SEEDS);
        }
        return seeds;
    }

    private List<Sweep.Row> rows() {
        String name = text(PROBLEM, "the name of one");
        Problem problem = located(() -> Problems.named(name), "", PROBLEM);
        Optional<String> preset = preset(tree.values(), PRESET);
        List<Setting> common = settings(section(SETTINGS), SETTINGS);
        List<Sweep.Row> rows = new ArrayList<>();
        section(ROWS)
                .forEach((row, raw) -> {
                    Map<String, Object> values = entries(raw, ROWS, row);
                    Optional<String> own = preset(values, ROWS, row, PRESET);
                    values.remove(PRESET);
                    List<Setting> settings = new ArrayList<>(common);
                    settings.addAll(settings(values, ROWS, row));
                    rows.add(row(row, problem, own.or(() -> preset), settings, ROWS, row));
                });
        List<Setting> keys = settings(section(GRID), GRID);
        for (Grid.Point point : keys.isEmpty() ? List.<Grid.Point>of() : Grid.points(keys)) {
            List<Setting> settings = new ArrayList<>(common);
            settings.addAll(point.settings());
            rows.add(row(point.name(), problem, preset, settings, GRID));
        }
        if (rows.isEmpty()) {
            throw refuse("expected rows, or a grid, with something in it", ROWS);
        }
        requireDifferent(rows);
        return rows;
    }

    private Sweep.Row row(
            String name,
            Problem problem,
            Optional<String> preset,
            List<Setting> settings,
            String... path) {
        ConfigurationBuilder builder =
                located(() -> RunConfiguration.builder(problem, preset), "", path);
        for (Setting setting : settings) {
            builder.layer(setting.where(), setting.layer());
        }
        length().settings().forEach(builder::set);
        Sweep.Row row =
                located(
                        () -> {
                            RunConfiguration all = RunConfiguration.of(problem, builder.build());
                            instances.of(all);
                            return new Sweep.Row(name, all);
                        },
                        "row " + name + ": ",
                        path);
        if (row.slug().matches("[-.]*")) {
            throw refuse("row \"" + name + "\": expected a name with letters or digits", path);
        }
        return row;
    }

    /** Two rows that are the same would be a mistake, and so would two in one folder. */
    private void requireDifferent(List<Sweep.Row> rows) {
        Map<RunConfiguration, String> names = new HashMap<>();
        Map<String, String> slugs = new HashMap<>();
        for (Sweep.Row row : rows) {
            String name = row.name();
            String same = names.put(row.configuration(), name);
            if (same != null) {
                throw refuse(
                        "rows " + same + " and " + name + " have the same settings", ROWS, name);
            }
            String near = slugs.put(row.slug().toLowerCase(Locale.ROOT), name);
            if (near != null) {
                throw refuse("rows " + near + " and " + name + " have names too alike", ROWS, name);
            }
        }
    }

    private List<Setting> settings(Map<String, Object> values, String... path) {
        return Setting.all(tree, values, List.of(path));
    }

    private Optional<String> preset(Map<String, Object> values, String... path) {
        return switch (values.getOrDefault(PRESET, "")) {
            case String name -> name.isEmpty() ? Optional.empty() : Optional.of(name);
            case Object raw -> throw unexpected("the name of a preset", raw, path);
        };
    }

    private boolean has(String key) {
        return tree.values().containsKey(key);
    }

    private String text(String key, String what) {
        if (tree.values().getOrDefault(key, "") instanceof String text && !text.isBlank()) {
            return text.strip();
        }
        throw unexpected(what, tree.values().getOrDefault(key, ""), key);
    }

    private Map<String, Object> section(String key) {
        return entries(tree.values().getOrDefault(key, ""), key);
    }

    private Map<String, Object> entries(Object raw, String... path) {
        String what = String.join(" ", path);
        return new LinkedHashMap<>(YamlTree.entries(tree.where(path), what, raw));
    }

    private CommandException unexpected(String expected, Object found, String... path) {
        String key = path[path.length - 1];
        return refuse(key + ": expected " + expected + ", found " + Key.shown(found), path);
    }

    private CommandException refuse(String problem, String... path) {
        return CommandException.badInput(tree.where(path) + ": " + problem);
    }

    /** Puts file and line before what the libraries say. */
    private <T> T located(Supplier<T> reading, String what, String... path) {
        try {
            return reading.get();
        } catch (CommandException | IllegalArgumentException | DataException e) {
            throw CommandException.badInput(tree.where(path) + ": " + what + e.getMessage(), e);
        }
    }
}
