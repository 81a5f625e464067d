package gsdm.graph.inference;

import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Identity;
import gsdm.graph.model.Scale;
import gsdm.graph.model.Variable;
import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.checkpoint.CheckpointHeader;
import gsdm.nn.checkpoint.Falls;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a checkpoint says of the run it belongs to, beyond the numbers.
 *
 * @param step steps done
 * @param seed of the run
 * @param falls of the learning rate
 * @param settings of the run
 * @param conditioning what training observes
 * @param scales of the arrays by name
 */
record RunHeader(
        long step,
        long seed,
        Falls falls,
        RunSettings settings,
        Conditioning conditioning,
        Map<String, Scale> scales) {
    private static final String ARRAYS = "arrays";
    private static final String CONDITIONING = "conditioning";
    private static final String MODEL = "definition.";
    private static final String DATA = "outside.";

    /** What {@link #read} finds again, for a checkpoint. */
    static Map<String, String> entries(
            GraphicalModel model, Conditioning conditioning, RunSettings settings) {
        Map<String, String> entries = new HashMap<>(SettingsText.write(settings));
        entries.put(ARRAYS, arrays(model));
        entries.put(CONDITIONING, conditioning.toString());
        model.identity().parts().forEach((what, text) -> entries.put(MODEL + what, text));
        model.dataIdentity().parts().forEach((what, text) -> entries.put(DATA + what, text));
        return entries;
    }

    /**
     * Reads a checkpoint's header.
     *
     * @throws IllegalArgumentException if it is of another model, or not written by this package
     */
    static RunHeader read(Checkpoint checkpoint, GraphicalModel model) {
        try {
            return read(checkpoint.header(), model);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "checkpoint %s: %s".formatted(checkpoint.path(), e.getMessage()), e);
        }
    }

    private static RunHeader read(CheckpointHeader header, GraphicalModel model) {
        Map<String, String> entries = header.config();
        String arrays = arrays(model);
        if (!arrays.equals(entries.get(ARRAYS))) {
            throw new IllegalArgumentException(
                    "it is of a model with the arrays %s, found one with %s"
                            .formatted(entries.getOrDefault(ARRAYS, "(none named)"), arrays));
        }
        String differences = differences(MODEL, header, model.identity());
        if (!differences.isEmpty()) {
            throw new IllegalArgumentException("it is of another model: " + differences);
        }
        String conditioning = entries.get(CONDITIONING);
        if (conditioning == null) {
            throw new IllegalArgumentException("its header does not say what training observed");
        }
        return new RunHeader(
                header.step(),
                header.seed(),
                header.falls(),
                SettingsText.read(entries),
                Conditioning.parse(conditioning),
                scales(header, model));
    }

    /** What else a model takes from outside than training did, in words; empty if nothing. */
    static String dataDifferences(CheckpointHeader header, GraphicalModel model) {
        return differences(DATA, header, model.dataIdentity());
    }

    /** A checkpoint that says nothing of its model is of a time when none did. */
    private static String differences(String prefix, CheckpointHeader header, Identity here) {
        Map<String, String> there = new HashMap<>();
        boolean told = false;
        for (Map.Entry<String, String> entry : header.config().entrySet()) {
            told |= entry.getKey().startsWith(MODEL);
            if (entry.getKey().startsWith(prefix)) {
                there.put(entry.getKey().substring(prefix.length()), entry.getValue());
            }
        }
        return told ? here.differences(new Identity(there)) : "";
    }

    /** The scales, which must be those of the model's arrays, one each, in node order. */
    private static Map<String, Scale> scales(CheckpointHeader header, GraphicalModel model) {
        List<String> expected = model.nodeOrder().stream().map(Variable::name).toList();
        List<String> found =
                header.scales().stream().map(CheckpointHeader.ArrayScale::array).toList();
        if (!found.equals(expected)) {
            throw new IllegalArgumentException(
                    "it must have the scales of the arrays %s in this order, found those of %s"
                            .formatted(expected, found));
        }
        Map<String, Scale> scales = new LinkedHashMap<>();
        for (CheckpointHeader.ArrayScale scale : header.scales()) {
            scales.put(scale.array(), new Scale((float) scale.mean(), (float) scale.std()));
        }
        return scales;
    }

    private static String arrays(GraphicalModel model) {
        return model.layout().arrays().stream()
                .map(array ->
                        array.name()
                                + array.shape()
                                + (Layouts.options(array.kind()) == 1
                                        ? ""
                                        : " of " + Layouts.options(array.kind())))
                .collect(Collectors.joining(", "));
    }
}
