package gsdm.cli.session;

import gsdm.cli.config.Configuration;
import gsdm.cli.config.ConfigurationBuilder;
import gsdm.cli.config.ConfigurationFile;
import gsdm.cli.config.Key;
import gsdm.cli.config.KeyDocs;
import gsdm.cli.config.KeyType;
import gsdm.cli.config.RecordSection;
import gsdm.cli.config.Section;
import gsdm.cli.error.CommandException;
import gsdm.graph.inference.DiffusionSettings;
import gsdm.graph.inference.ModelSettings;
import gsdm.graph.inference.ModelSystem;
import gsdm.graph.inference.RunSettings;
import gsdm.graph.inference.SamplingSettings;
import gsdm.graph.inference.TrainingSettings;
import gsdm.graph.problem.Parameter;
import gsdm.graph.problem.Problem;
import gsdm.graph.problem.ProblemInstance;
import gsdm.graph.problem.Problems;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The configuration of a run: every key with its value, and what the libraries make of it. */
public final class RunConfiguration {

    private static final String PROBLEM = "problem";
    private static final String TRAINING = "training";
    private static final String NAME = "name";

    private final Problem problem;
    private final Schema schema;
    private final Configuration configuration;
    private final RunSettings settings;
    private final CommandSettings command;

    /** Binds the records once, so that reading them at every step costs nothing. */
    private RunConfiguration(Problem problem, Schema schema, Configuration configuration) {
        this.problem = problem;
        this.schema = schema;
        this.configuration = configuration;
        this.settings =
                new RunSettings(
                        schema.model().bind(configuration),
                        schema.diffusion().bind(configuration),
                        schema.training().bind(configuration),
                        schema.sampling().bind(configuration));
        this.command = schema.command().bind(configuration);
        int noiseLevels = settings.diffusion().steps();
        if (settings.model().system() == ModelSystem.DIFFUSION
                && settings.sampling().steps() > noiseLevels) {
            throw CommandException.badInput(
                    "sampling.steps (%d) must be at most diffusion.steps (%d)"
                            .formatted(settings.sampling().steps(), noiseLevels));
        }
    }

    /** The sections, and the records behind them. */
    private record Schema(
            Section problem,
            RecordSection<ModelSettings> model,
            RecordSection<DiffusionSettings> diffusion,
            RecordSection<CommandSettings> command,
            RecordSection<TrainingSettings> training,
            RecordSection<SamplingSettings> sampling) {

        static Schema of(Problem problem) {
            KeyDocs docs = new KeyDocs();
            return new Schema(
                    problemSection(problem),
                    new RecordSection<>("model", ModelSettings.DEFAULTS, docs),
                    new RecordSection<>("diffusion", DiffusionSettings.DEFAULTS, docs),
                    new RecordSection<>(TRAINING, CommandSettings.DEFAULTS, docs),
                    new RecordSection<>(TRAINING, TrainingSettings.DEFAULTS, docs),
                    new RecordSection<>("sampling", SamplingSettings.DEFAULTS, docs));
        }

        List<Section> sections() {
            List<Key> trainingKeys = new ArrayList<>(command.section().keys());
            trainingKeys.addAll(training.section().keys());
            return List.of(
                    problem,
                    model.section(),
                    diffusion.section(),
                    new Section(TRAINING, trainingKeys),
                    sampling.section());
        }

        private static Section problemSection(Problem problem) {
            List<Key> keys = new ArrayList<>();
            keys.add(new Key(NAME, KeyType.TEXT, problem.name(), List.of(problem.name()), "which"));
            for (Parameter parameter : problem.parameters()) {
                KeyType type =
                        switch (parameter.type()) {
                            case Parameter.Type.Whole _ -> KeyType.INTEGER;
                            case Parameter.Type.Real _ -> KeyType.NUMBER;
                            case Parameter.Type.Text _ -> KeyType.TEXT;
                            case Parameter.Type.FilePath _ -> KeyType.PATH;
                        };
                keys.add(
                        new Key(
                                parameter.name(),
                                type,
                                parameter.defaultValue(),
                                parameter.description()));
            }
            return new Section(PROBLEM, keys);
        }
    }

    /**
     * Puts a configuration together: defaults, preset, file, single settings, later ones winning.
     *
     * @param preset the preset's name; the default if empty
     * @param fileName for errors
     * @param file the file's sections; none if there is no file
     * @param settings each {@code section.key=value}
     * @throws CommandException (bad input) if a key is unknown or a value wrong
     */
    public static RunConfiguration resolve(
            Problem problem,
            Optional<String> preset,
            String fileName,
            Map<String, Map<String, Object>> file,
            List<String> settings) {
        ConfigurationBuilder builder = builder(problem, preset).layer(fileName, file);
        settings.forEach(builder::set);
        return of(problem, builder.build());
    }

    /**
     * A configuration to be: the defaults, and over them a preset.
     *
     * @param preset the preset's name; the default if empty
     * @throws CommandException (bad input) if the problem has no such preset
     */
    public static ConfigurationBuilder builder(Problem problem, Optional<String> preset) {
        String name = preset.orElse(Presets.DEFAULT);
        return new ConfigurationBuilder(Schema.of(problem).sections())
                .layer("preset " + name, Presets.of(problem.name(), name));
    }

    /**
     * What the libraries make of a configuration.
     *
     * @throws CommandException (bad input) if its values do not go together
     */
    public static RunConfiguration of(Problem problem, Configuration configuration) {
        return new RunConfiguration(problem, Schema.of(problem), configuration);
    }

    /**
     * Reads the configuration that a run was started with.
     *
     * @throws IOException if the file cannot be read
     * @throws CommandException (bad input) if it is not one
     */
    public static RunConfiguration read(Path file) throws IOException {
        Map<String, Map<String, Object>> sections = ConfigurationFile.read(file);
        Object name = sections.getOrDefault(PROBLEM, Map.of()).get(NAME);
        if (name == null) {
            throw CommandException.badInput(file + ": it names no problem");
        }
        return resolve(
                Problems.named(name.toString()),
                Optional.empty(),
                file.toString(),
                sections,
                List.of());
    }

    /** This configuration with further single settings. */
    public RunConfiguration with(List<String> settings) {
        ConfigurationBuilder builder =
                new ConfigurationBuilder(schema.sections()).layer("", configuration.values());
        settings.forEach(builder::set);
        return new RunConfiguration(problem, schema, builder.build());
    }

    /** The text of the file that reads back as this configuration. */
    public String text() {
        return ConfigurationFile.format(configuration, schema.sections());
    }

    /** Every key with its value. */
    public Configuration values() {
        return configuration;
    }

    /** The problem. */
    public Problem problem() {
        return problem;
    }

    /** Builds the problem at its sizes. */
    public ProblemInstance instance() {
        Map<String, String> given = new LinkedHashMap<>();
        configuration
                .section(PROBLEM)
                .forEach((key, value) -> {
                    if (!key.equals(NAME)) {
                        given.put(key, value.toString());
                    }
                });
        return problem.build(given);
    }

    /** The settings of the libraries. */
    public RunSettings settings() {
        return settings;
    }

    /** The settings of the command. */
    public CommandSettings command() {
        return command;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RunConfiguration that && configuration.equals(that.configuration);
    }

    @Override
    public int hashCode() {
        return configuration.hashCode();
    }
}
