package gsdm.cli.sweep;

import gsdm.cli.error.CommandException;
import gsdm.cli.error.Failure;
import gsdm.cli.io.AtomicFiles;
import gsdm.cli.io.Json;
import gsdm.cli.io.Markdown;
import gsdm.cli.plot.Curves;
import gsdm.cli.plot.Pictures;
import gsdm.cli.session.Narrator;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes what came of an experiment so far: the table, every figure, and the curves. */
public final class SweepReport {

    private final SweepFolder folder;
    private final Sweep sweep;
    private final Narrator narrator;

    /** Not asked again of a machine that could not. */
    private boolean draws = true;

    /** A report in an experiment's folder. */
    public SweepReport(SweepFolder folder, Sweep sweep, Narrator narrator) {
        this.folder = folder;
        this.sweep = sweep;
        this.narrator = narrator;
    }

    /**
     * What came of the runs that have ended.
     *
     * @throws IOException if a result cannot be read
     */
    public SweepTable read() throws IOException {
        Map<Sweep.Run, RunResult> results = new LinkedHashMap<>();
        for (Sweep.Run run : sweep.runs()) {
            Optional<RunResult> result = RunResult.read(folder.run(run));
            result.ifPresent(found -> results.put(run, found));
        }
        return new SweepTable(sweep, results);
    }

    /**
     * Writes down that a run is finished.
     *
     * @param metrics its scores
     * @throws IOException if it cannot be written
     */
    public void finished(Sweep.Run run, Map<String, Double> metrics) throws IOException {
        RunResult.of(folder.run(run), false, metrics).write(folder.run(run));
    }

    /**
     * Writes down that a run diverged.
     *
     * @throws IOException if it cannot be written
     */
    public void diverged(Sweep.Run run) throws IOException {
        RunResult.of(folder.run(run), true, Map.of()).write(folder.run(run));
    }

    /**
     * Writes table, figures and curves. A machine that cannot draw, as one without fonts, gets no
     * curves.
     *
     * @throws IOException if they cannot be written
     */
    public SweepTable write() throws IOException {
        SweepTable table = read();
        AtomicFiles.writeText(folder.results(), Json.text(table.data()));
        draw(table);
        AtomicFiles.writeText(folder.table(), markdown(table));
        return table;
    }

    private void draw(SweepTable table) {
        if (!draws) {
            return;
        }
        try {
            SweepCurves curves = SweepCurves.of(folder, table);
            Pictures.draw(
                    "the curves",
                    () ->
                            Curves.write(
                                    folder.curves(),
                                    Curves.Axes.of(curves.title(), curves.over()),
                                    curves.curves()));
        } catch (CommandException | IOException e) {
            draws = false;
            narrator.warn("no curves: " + Failure.of(e).line());
        }
    }

    private String markdown(SweepTable table) {
        StringBuilder text = new StringBuilder();
        text.append("# ").append(sweep.name()).append("\n\n");
        text.append(
                "`%s`, %s each, seeds %s.\n\n"
                        .formatted(
                                sweep.rows().getFirst().configuration().problem().name(),
                                sweep.length(),
                                sweep.seeds().stream()
                                        .map(String::valueOf)
                                        .collect(Collectors.joining(", "))));
        text.append(Markdown.head(table.header()));
        Optional<String> lowest = table.lowest().map(Sweep.Row::name);
        for (List<String> cells : table.cells()) {
            boolean bold = lowest.filter(cells.getFirst()::equals).isPresent();
            text.append(Markdown.row(bold ? bold(cells) : cells));
        }
        text.append('\n');
        table.notes().forEach(note -> text.append("- ").append(Markdown.escape(note)).append('\n'));
        for (Map<String, String> machine : table.machines()) {
            text.append("- ").append(Markdown.escape(machine(machine))).append('\n');
        }
        if (Files.exists(folder.curves())) {
            text.append("\n![Curves](").append(folder.curves().getFileName()).append(")\n");
        }
        return text.toString();
    }

    private static List<String> bold(List<String> cells) {
        return Stream.concat(
                        cells.stream().limit(2).map(cell -> "**" + cell + "**"),
                        cells.stream().skip(2))
                .toList();
    }

    private static String machine(Map<String, String> machine) {
        return "gsdm %s on %s, %s cores; %s; JDK %s"
                .formatted(
                        machine.get("gsdm"),
                        machine.get("cpu"),
                        machine.get("cores"),
                        machine.get("device"),
                        machine.get("jdk"));
    }
}
