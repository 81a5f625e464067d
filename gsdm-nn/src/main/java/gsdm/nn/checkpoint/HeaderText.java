package gsdm.nn.checkpoint;

import gsdm.nn.checkpoint.CheckpointHeader.Scale;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A checkpoint's header as the strings that a safetensors file holds. */
final class HeaderText {
    private static final String FORMAT = "format";
    private static final String CHECKPOINT = "gsdm-checkpoint";
    private static final String VERSION = "version";
    private static final String CURRENT = "1";
    private static final String STEP = "step";
    private static final String SEED = "seed";
    private static final String HORIZON = "horizon";
    private static final String ARRAYS = "arrays";
    private static final String CONFIG = "config.";

    private HeaderText() {}

    static Map<String, String> write(CheckpointHeader header) {
        Map<String, String> text = new LinkedHashMap<>();
        text.put(FORMAT, CHECKPOINT);
        text.put(VERSION, CURRENT);
        text.put(STEP, Long.toString(header.step()));
        text.put(SEED, Long.toString(header.seed()));
        text.put(HORIZON, Long.toString(header.horizon()));
        text.put(ARRAYS, Integer.toString(header.scales().size()));
        int array = 0;
        for (Scale scale : header.scales()) {
            text.put("array." + array + ".name", scale.array());
            text.put("array." + array + ".mean", Double.toString(scale.mean()));
            text.put("array." + array + ".std", Double.toString(scale.std()));
            array++;
        }
        new TreeMap<>(header.config()).forEach((key, value) -> text.put(CONFIG + key, value));
        return text;
    }

    static CheckpointHeader parse(Path path, Map<String, String> text) {
        if (!CHECKPOINT.equals(text.get(FORMAT))) {
            throw new CheckpointException(
                    path, "this is a safetensors file, but not a checkpoint of gsdm");
        }
        if (!CURRENT.equals(text.get(VERSION))) {
            throw new CheckpointException(
                    path,
                    "it has format version %s; this program reads version %s"
                            .formatted(text.get(VERSION), CURRENT));
        }
        try {
            List<Scale> scales = new ArrayList<>();
            long arrays = number(path, text, ARRAYS);
            for (long array = 0; array < arrays; array++) {
                String prefix = "array." + array;
                scales.add(
                        new Scale(
                                entry(path, text, prefix + ".name"),
                                Double.parseDouble(entry(path, text, prefix + ".mean")),
                                Double.parseDouble(entry(path, text, prefix + ".std"))));
            }
            Map<String, String> config = new TreeMap<>();
            text.forEach((key, value) -> {
                if (key.startsWith(CONFIG)) {
                    config.put(key.substring(CONFIG.length()), value);
                }
            });
            return new CheckpointHeader(
                    number(path, text, STEP),
                    number(path, text, SEED),
                    number(path, text, HORIZON),
                    scales,
                    config);
        } catch (NumberFormatException failure) {
            throw new CheckpointException(
                    path, "its header holds text in place of a number: " + failure.getMessage());
        }
    }

    private static long number(Path path, Map<String, String> text, String key) {
        return Long.parseLong(entry(path, text, key));
    }

    private static String entry(Path path, Map<String, String> text, String key) {
        String value = text.get(key);
        if (value == null) {
            throw new CheckpointException(path, "its header has no entry " + key);
        }
        return value;
    }
}
