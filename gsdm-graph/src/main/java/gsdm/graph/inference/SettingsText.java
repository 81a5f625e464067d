package gsdm.graph.inference;

import gsdm.nn.diffusion.LevelWeight;
import gsdm.nn.diffusion.TimeEmbedding;
import gsdm.nn.network.NormKind;
import gsdm.nn.sample.SamplerConfig;
import gsdm.nn.train.Optimizer;
import gsdm.tensor.program.Loss.Criterion;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** RunSettings as entries of a checkpoint's header, {@code section.component} to text, and back. */
final class SettingsText {
    private static final String FEATURES = "model.programFeatures";

    /** What {@link #FEATURES} says in place of true since nodes are told steps. */
    private static final String STEPS = "steps";

    /** What settings that came later were before: checkpoints of that time do not have them. */
    private static final Map<String, String> LATER =
            Map.ofEntries(
                    Map.entry("model.system", ModelSystem.DIFFUSION.name()),
                    Map.entry("model.norm", NormKind.GROUP.name()),
                    Map.entry(FEATURES, "false"),
                    Map.entry("model.likelihood", "false"),
                    Map.entry("model.folding", "false"),
                    Map.entry("training.gibbsSweeps", "0"),
                    Map.entry("training.subgraph", SubgraphKind.NONE.name()),
                    Map.entry("training.budget", "0.05"),
                    Map.entry("training.subgraphPool", "1000"),
                    Map.entry("training.recompute", "false"),
                    Map.entry("training.decayShare", "1.0"),
                    Map.entry("training.optimizer", Optimizer.ADAM.name()),
                    Map.entry("training.momentum", "0.95"),
                    Map.entry("training.discreteLoss", Criterion.SQUARED_ERROR.name()),
                    Map.entry("training.arrayWeights", ArrayWeights.BY_VALUE.name()),
                    Map.entry("diffusion.lossWeight", LevelWeight.Kind.UNIFORM.name()),
                    Map.entry("diffusion.lossGamma", String.valueOf(LevelWeight.DEFAULT_GAMMA)),
                    Map.entry("diffusion.timeEmbedding", TimeEmbedding.STEP.name()),
                    Map.entry("diffusion.scaleValues", "true"),
                    Map.entry("sampling.solver", SamplerConfig.Solver.DDIM.name()),
                    Map.entry("sampling.gibbsSweeps", "0"));

    private SettingsText() {}

    static Map<String, String> write(RunSettings settings) {
        Map<String, String> entries = new TreeMap<>();
        for (RecordComponent section : RunSettings.class.getRecordComponents()) {
            Record part = (Record) Components.get(settings, section);
            for (RecordComponent component : part.getClass().getRecordComponents()) {
                entries.put(
                        section.getName() + "." + component.getName(),
                        String.valueOf(Components.get(part, component)));
            }
        }
        entries.replace(FEATURES, "true", STEPS);
        return entries;
    }

    /**
     * The settings that were written.
     *
     * @throws IllegalArgumentException if an entry is missing or makes no sense, or nodes were told
     *     gradients
     */
    static RunSettings read(Map<String, String> written) {
        Map<String, String> entries = new TreeMap<>(written);
        boolean gradients = "true".equals(entries.get(FEATURES));
        entries.replace(FEATURES, STEPS, "true");
        RunSettings settings =
                new RunSettings(
                        read("model", ModelSettings.class, entries),
                        read("diffusion", DiffusionSettings.class, entries),
                        read("training", TrainingSettings.class, entries),
                        read("sampling", SamplingSettings.class, entries));
        if (gradients && settings.model().readsDefinitions()) {
            throw new IllegalArgumentException(
                    "its network was told gradients of what definitions say, where this version"
                        + " tells steps: train it anew, or use the version of gsdm that made it");
        }
        return settings;
    }

    private static <R extends Record> R read(
            String section, Class<R> type, Map<String, String> entries) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String name = section + "." + components[i].getName();
            String text = entries.getOrDefault(name, LATER.get(name));
            if (text == null) {
                throw new IllegalArgumentException("the setting " + name + " is missing");
            }
            arguments[i] = parse(name, components[i].getType(), text);
        }
        try {
            return Components.record(type, arguments);
        } catch (RuntimeException refused) {
            throw new IllegalArgumentException(
                    "settings of section " + section + ": " + refused.getMessage(), refused);
        }
    }

    private static Object parse(String name, Class<?> type, String text) {
        try {
            if (type == int.class) {
                return Integer.valueOf(text);
            }
            if (type == double.class) {
                return Double.valueOf(text);
            }
        } catch (NumberFormatException _) {
            throw new IllegalArgumentException(
                    "the setting %s must be a number, found %s".formatted(name, text));
        }
        Object[] constants =
                type == boolean.class ? new Object[] {true, false} : type.getEnumConstants();
        return Arrays.stream(constants)
                .filter(constant -> constant.toString().equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "the setting %s must be one of %s, found %s"
                                        .formatted(name, Arrays.toString(constants), text)));
    }
}
