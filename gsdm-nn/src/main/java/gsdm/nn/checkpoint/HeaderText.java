package gsdm.nn.checkpoint;

import gsdm.nn.checkpoint.CheckpointException.Kind;
import gsdm.nn.checkpoint.CheckpointHeader.ArrayScale;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** A checkpoint's header as the strings that a safetensors file holds. */
final class HeaderText {
    private static final String FORMAT = "format";
    private static final String CHECKPOINT = "gsdm-checkpoint";
    private static final String VERSION = "version";
    private static final String CURRENT = "1";
    private static final Pattern NEWER = Pattern.compile("(?!1$)[1-9].*");
    private static final String STEP = "step";
    private static final String SEED = "seed";
    private static final String FALLS = "falls";

    /** In files from before there were falls: the end of the one that began after the warm-up. */
    private static final String HORIZON = "horizon";

    private static final String ARRAYS = "arrays";
    private static final String CONFIG = "config.";

    private static final String ARRAY = "array.";
    private static final String NAME = ".name";
    private static final String MEAN = ".mean";
    private static final String STD = ".std";

    private final Path path;
    private final Map<String, String> text;
    private final boolean asWritten;

    /**
     * The text of a file.
     *
     * @param asWritten whether it is byte for byte what was written
     */
    HeaderText(Path path, Map<String, String> text, boolean asWritten) {
        this.path = path;
        this.text = text;
        this.asWritten = asWritten;
    }

    /** The strings of a header, in the order that files of this version have. */
    static Map<String, String> write(CheckpointHeader header) {
        Map<String, String> text = new LinkedHashMap<>();
        text.put(FORMAT, CHECKPOINT);
        text.put(VERSION, CURRENT);
        text.put(STEP, Long.toString(header.step()));
        text.put(SEED, Long.toString(header.seed()));
        text.put(FALLS, header.falls().toString());
        text.put(ARRAYS, Integer.toString(header.scales().size()));
        int array = 0;
        for (ArrayScale scale : header.scales()) {
            String prefix = ARRAY + array;
            text.put(prefix + NAME, scale.array());
            text.put(prefix + MEAN, Double.toString(scale.mean()));
            text.put(prefix + STD, Double.toString(scale.std()));
            array++;
        }
        new TreeMap<>(header.config()).forEach((key, value) -> text.put(CONFIG + key, value));
        return text;
    }

    /**
     * @throws CheckpointException if the file is no checkpoint, or one of another version
     */
    void checkFormat(boolean hasChecksum) {
        if (!CHECKPOINT.equals(text.get(FORMAT))) {
            if (hasChecksum && !asWritten) {
                throw invalid("its header has the format " + text.get(FORMAT));
            }
            throw new CheckpointException(
                    Kind.UNKNOWN, path, "this is a safetensors file, but not a checkpoint of gsdm");
        }
        String version = String.valueOf(text.get(VERSION));
        if (NEWER.matcher(version).matches()) {
            throw new CheckpointException(
                    Kind.UNKNOWN,
                    path,
                    "it has format version %s, this program reads version %s: use a newer gsdm"
                            .formatted(version, CURRENT));
        }
        if (!CURRENT.equals(version)) {
            throw invalid("its header has the format version " + version);
        }
        if (!hasChecksum) {
            throw new CheckpointException(
                    Kind.INVALID,
                    path,
                    "it has no checksum, so damage would not be seen: save it with all of its"
                            + " metadata");
        }
    }

    /**
     * @throws CheckpointException if something is missing, superfluous or out of range
     */
    CheckpointHeader parse() {
        try {
            return new CheckpointHeader(number(STEP), number(SEED), falls(), scales(), config());
        } catch (IllegalArgumentException failure) {
            throw invalid("its header makes no sense: " + failure.getMessage());
        }
    }

    private Falls falls() {
        return text.containsKey(HORIZON)
                ? Falls.atTheEnd(number(HORIZON), 1)
                : Falls.parse(entry(FALLS));
    }

    private List<ArrayScale> scales() {
        long arrays = number(ARRAYS);
        Set<String> expected = new TreeSet<>();
        List<ArrayScale> scales = new ArrayList<>();
        for (long array = 0; array < arrays; array++) {
            String prefix = ARRAY + array;
            String name = entry(prefix + NAME);
            scales.add(new ArrayScale(name, decimal(prefix + MEAN), decimal(prefix + STD)));
            expected.addAll(List.of(prefix + NAME, prefix + MEAN, prefix + STD));
        }
        for (String key : text.keySet()) {
            if (key.startsWith(ARRAY) && !expected.contains(key)) {
                throw invalid("its header has the entry %s, but %d arrays".formatted(key, arrays));
            }
        }
        return scales;
    }

    private Map<String, String> config() {
        Map<String, String> config = new TreeMap<>();
        text.forEach((key, value) -> {
            if (key.startsWith(CONFIG)) {
                config.put(key.substring(CONFIG.length()), value);
            }
        });
        return config;
    }

    private long number(String key) {
        try {
            return Long.parseLong(entry(key));
        } catch (NumberFormatException _) {
            throw noNumber(key);
        }
    }

    private double decimal(String key) {
        try {
            return Double.parseDouble(entry(key));
        } catch (NumberFormatException _) {
            throw noNumber(key);
        }
    }

    private CheckpointException noNumber(String key) {
        return invalid(
                "its header has %s in place of a number at %s".formatted(text.get(key), key));
    }

    private String entry(String key) {
        String value = text.get(key);
        if (value == null) {
            throw invalid("its header has no entry " + key);
        }
        return value;
    }

    /** Whoever wrote it meant it so, unless the file has changed since. */
    private CheckpointException invalid(String problem) {
        return new CheckpointException(asWritten ? Kind.INVALID : Kind.DAMAGED, path, problem);
    }
}
