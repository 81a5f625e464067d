package gsdm.cli.session;

import gsdm.cli.error.CommandException;
import gsdm.cli.error.Failure;
import gsdm.cli.plot.Curves;
import gsdm.cli.plot.HeatMap;
import gsdm.cli.plot.Pictures;
import gsdm.cli.plot.Report;
import gsdm.cli.run.MetricsTable;
import gsdm.cli.run.RunFolder;
import gsdm.graph.inference.Evaluation;
import gsdm.graph.model.ArrayNodes;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.problem.Consistency;
import gsdm.graph.problem.Score;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The figures of a run and the page that gathers them. */
final class RunReport {

    private static final int MOST_CURVES = 12; // that a figure and its legend have room for
    private static final int MOST_PANELS = 6;

    private final RunFolder folder;
    private final RunConfiguration configuration;
    private final GraphicalModel model;
    private final Narrator narrator;

    RunReport(
            RunFolder folder,
            RunConfiguration configuration,
            GraphicalModel model,
            Narrator narrator) {
        this.folder = folder;
        this.configuration = configuration;
        this.model = model;
        this.narrator = narrator;
    }

    /**
     * Writes figures and page. A machine that cannot draw, as one without fonts, gets a page
     * without figures.
     */
    void write(long step, Optional<Evaluation> evaluation) throws IOException {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("problem", configuration.problem().name());
        facts.put("steps", step);
        facts.put("folder", folder.path());
        new Report(
                        folder.path().getFileName().toString(),
                        facts,
                        evaluation.<Map<String, Score>>map(Evaluation::scores).orElse(Map.of()),
                        environment(),
                        configuration.text(),
                        figures(evaluation))
                .write(folder.report());
    }

    private List<Path> figures(Optional<Evaluation> evaluation) {
        Path loss = folder.plots().resolve("loss.png");
        Path byArray = folder.plots().resolve("loss-by-array.png");
        Path byNoise = folder.plots().resolve("loss-by-noise.png");
        Path quality = folder.plots().resolve("quality.png");
        Path consistency = folder.plots().resolve("consistency.png");
        Path sample = folder.plots().resolve("sample.png");
        try {
            Pictures.draw(
                    "the report's figures",
                    () -> {
                        Curves.write(
                                loss, "loss", curves(folder.metrics(), RunMetrics.LOSS::equals));
                        Curves.write(
                                byArray,
                                "mean error by array, running means",
                                smooth(RunMetrics.BY_ARRAY));
                        Curves.write(
                                byNoise,
                                "mean error by noise over signal, running means",
                                smooth(RunMetrics.BY_NOISE));
                        Curves.write(
                                quality,
                                "quality",
                                curves(
                                        folder.evaluations(),
                                        name -> !Consistency.isConsistency(name)));
                        Curves.write(
                                consistency,
                                "consistency",
                                curves(folder.evaluations(), Consistency::isConsistency));
                        if (evaluation.isPresent()) {
                            HeatMap.write(sample, panels(evaluation.get()), 2);
                        }
                    });
            return List.of(loss, byArray, byNoise, quality, consistency, sample);
        } catch (CommandException | IOException e) {
            narrator.warn("the report has no figures: " + Failure.of(e).line());
            return List.of();
        }
    }

    private Map<String, ?> environment() throws IOException {
        if (!Files.exists(folder.environment())) {
            return Map.of();
        }
        Map<String, Object> entries = new LinkedHashMap<>();
        JsonMapper.shared()
                .readTree(Files.readString(folder.environment()))
                .forEachEntry((name, value) -> entries.put(name, value.asString()));
        return entries;
    }

    /** The columns of what training logs whose names start with a prefix, as running means. */
    private List<Curves.Curve> smooth(String prefix) throws IOException {
        return curves(folder.metrics(), name -> name.startsWith(prefix)).stream()
                .map(Curves.Curve::smooth)
                .toList();
    }

    /** The first columns of a log that are wanted, standard errors aside. */
    private static List<Curves.Curve> curves(Path log, Predicate<String> wanted)
            throws IOException {
        MetricsTable table =
                MetricsTable.read(log, name -> wanted.test(name) && !Score.isError(name));
        return table.columns().entrySet().stream()
                .limit(MOST_CURVES)
                .map(column -> new Curves.Curve(column.getKey(), table.steps(), column.getValue()))
                .toList();
    }

    /** Of the first problem scored: each array as it was drawn, and below it as it was sampled. */
    private List<HeatMap.Panel> panels(Evaluation evaluation) {
        List<HeatMap.Panel> panels = new ArrayList<>();
        for (ArrayNodes array : model.layout().arrays()) {
            if (panels.size() < 2 * MOST_PANELS) {
                panels.add(panel(array, "true", evaluation.truth()));
                panels.add(panel(array, "sampled", evaluation.estimate()));
            }
        }
        return panels;
    }

    private static HeatMap.Panel panel(ArrayNodes array, String what, float... values) {
        int rows = array.shape().size() < 2 ? 1 : array.shape().getFirst();
        return new HeatMap.Panel(
                array.name() + " " + what,
                array.count() / rows,
                Arrays.copyOfRange(values, array.offset(), array.offset() + array.count()));
    }
}
