package gsdm.cli.scaling;

import gsdm.cli.error.CommandException;
import gsdm.cli.error.Failure;
import gsdm.cli.io.AtomicFiles;
import gsdm.cli.io.Markdown;
import gsdm.cli.plot.Curves;
import gsdm.cli.plot.Pictures;
import gsdm.cli.session.MemoryCheck;
import gsdm.cli.session.Narrator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * What the points of a measurement say: their table, how fast seconds and bytes grow, and the
 * largest squares that fit.
 */
public final class ScalingReport {

    /** The last so many points say how fast something grows. */
    private static final int FITTED = 4;

    /** Edges from which on a step is large enough for its time an edge to be compared. */
    private static final long LEAST_EDGES = 10_000;

    private static final double NANO = 1e9;

    private final ScalingFolder folder;
    private final List<String> mechanisms;

    /**
     * A report of what a folder has so far.
     *
     * @param mechanisms in the order they are shown
     */
    public ScalingReport(ScalingFolder folder, List<String> mechanisms) {
        this.folder = folder;
        this.mechanisms = mechanisms;
    }

    /** The names of the columns. */
    public static List<String> header() {
        return List.of("attention", "matrix", "nodes", "edges", "seconds", "ns an edge", "memory");
    }

    /** The cells of every point, as texts. */
    public List<List<String>> cells() {
        return mechanisms.stream()
                .flatMap(mechanism -> folder.points(mechanism).stream())
                .map(ScalingReport::cells)
                .toList();
    }

    private static List<String> cells(ScalingPoint point) {
        return List.of(
                point.mechanism(),
                point.side() + " x " + point.side(),
                Long.toString(point.nodes()),
                Long.toString(point.edges()),
                point.isMeasured() ? number("%.4g", point.seconds()) : point.unmeasured(),
                point.isMeasured() ? number("%.0f", NANO * point.seconds() / point.edges()) : "",
                MemoryCheck.bytes(point.bytes()));
    }

    /** What the points say, a sentence each. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        for (String mechanism : mechanisms) {
            List<ScalingPoint> points = measured(mechanism);
            OptionalDouble seconds = slope(points, ScalingPoint::seconds);
            OptionalDouble bytes = slope(points, ScalingPoint::bytes);
            if (seconds.isPresent() && bytes.isPresent()) {
                notes.add(
                        number(
                                "%s: seconds grow as nodes^%.2f, bytes as nodes^%.2f (the last %d"
                                        + " sizes)",
                                mechanism,
                                seconds.getAsDouble(),
                                bytes.getAsDouble(),
                                Math.min(FITTED, points.size())));
            }
        }
        flatness()
                .ifPresent(flat ->
                        notes.add(
                                number(
                                        "%s: seconds an edge differ by a factor of %.2f at most"
                                                + " from %d edges on",
                                        mechanisms.getFirst(), flat, LEAST_EDGES)));
        folder.largest()
                .forEach((how, side) ->
                        notes.add(
                                "largest square that fits, %s: %d x %d"
                                        .formatted(how, side, side)));
        return notes;
    }

    private List<ScalingPoint> measured(String mechanism) {
        return folder.points(mechanism).stream().filter(ScalingPoint::isMeasured).toList();
    }

    /**
     * The slope of a line through the logarithms of the last points, by least squares; empty of
     * fewer than two.
     */
    static OptionalDouble slope(List<ScalingPoint> points, ToDoubleFunction<ScalingPoint> of) {
        List<ScalingPoint> last = last(points);
        if (last.size() < 2) {
            return OptionalDouble.empty();
        }
        double x = mean(last, point -> Math.log(point.nodes()));
        double y = mean(last, point -> Math.log(of.applyAsDouble(point)));
        double xx = mean(last, point -> square(Math.log(point.nodes()) - x));
        double xy =
                mean(
                        last,
                        point ->
                                (Math.log(point.nodes()) - x)
                                        * (Math.log(of.applyAsDouble(point)) - y));
        return OptionalDouble.of(xy / xx);
    }

    private static List<ScalingPoint> last(List<ScalingPoint> points) {
        return points.subList(Math.max(0, points.size() - FITTED), points.size());
    }

    private static double mean(List<ScalingPoint> points, ToDoubleFunction<ScalingPoint> of) {
        return points.stream().mapToDouble(of).average().orElseThrow();
    }

    private static double square(double x) {
        return x * x;
    }

    /** The most over the least seconds an edge of the first mechanism. */
    private OptionalDouble flatness() {
        double[] each =
                measured(mechanisms.getFirst()).stream()
                        .filter(point -> point.edges() >= LEAST_EDGES)
                        .mapToDouble(point -> point.seconds() / point.edges())
                        .sorted()
                        .toArray();
        return each.length < 2
                ? OptionalDouble.empty()
                : OptionalDouble.of(each[each.length - 1] / each[0]);
    }

    /**
     * Writes figures and page. A machine that cannot draw, as one without fonts, gets a page
     * without figures.
     */
    public void write(Narrator narrator) throws IOException {
        boolean drawn = true;
        try {
            Pictures.draw(
                    "the figures",
                    () -> {
                        draw(folder.seconds(), "seconds of a step", ScalingPoint::seconds);
                        draw(
                                folder.memory(),
                                "GiB that training takes",
                                point -> point.bytes() / (double) (1L << 30));
                    });
        } catch (CommandException | IOException e) {
            drawn = false;
            narrator.warn("no figures: " + Failure.of(e).line());
        }
        AtomicFiles.writeText(folder.page(), page(drawn));
    }

    private void draw(Path file, String title, ToDoubleFunction<ScalingPoint> of)
            throws IOException {
        List<Curves.Line> lines = new ArrayList<>();
        for (String mechanism : mechanisms) {
            List<ScalingPoint> points = measured(mechanism);
            OptionalDouble slope = slope(points, of);
            String name =
                    slope.isPresent()
                            ? number("%s, nodes^%.2f", mechanism, slope.getAsDouble())
                            : mechanism;
            lines.add(Curves.Line.of(curve(name, points, of)));
            if (slope.isPresent()) {
                lines.add(Curves.Line.guide(fitted(mechanism, points, of, slope.getAsDouble())));
            }
        }
        Curves.write(file, new Curves.Axes(title, "nodes", true), lines);
    }

    private static Curves.Curve curve(
            String name, List<ScalingPoint> points, ToDoubleFunction<ScalingPoint> of) {
        return new Curves.Curve(
                name,
                points.stream().mapToDouble(ScalingPoint::nodes).toArray(),
                points.stream().mapToDouble(of).toArray());
    }

    /** The line that was fitted, over all of the points. */
    private static Curves.Curve fitted(
            String mechanism,
            List<ScalingPoint> points,
            ToDoubleFunction<ScalingPoint> of,
            double slope) {
        List<ScalingPoint> last = last(points);
        double x = mean(last, point -> Math.log(point.nodes()));
        double y = mean(last, point -> Math.log(of.applyAsDouble(point)));
        return curve(
                mechanism + ", fitted",
                points,
                point -> Math.exp(y + slope * (Math.log(point.nodes()) - x)));
    }

    private String page(boolean drawn) {
        StringBuilder page = new StringBuilder("# Seconds and bytes of a step\n\n");
        page.append(
                "Made by `gsdm reproduce scaling`: matrix factorisation of rank 10, batch 1.\n\n");
        folder.conditions().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(each ->
                        page.append("- %s: %s\n".formatted(each.getKey(), each.getValue())));
        page.append('\n');
        page.append(Markdown.head(header()));
        cells().forEach(cells -> page.append(Markdown.row(cells)));
        page.append('\n');
        notes().forEach(note -> page.append("- ").append(note).append('\n'));
        page.append(
                "\nThe paper's largest on a GPU of 24 GB: 65 x 65 padded, 130 x 130 by edges, 500 x"
                        + " 500 with plates.\n");
        if (drawn) {
            for (Path figure : List.of(folder.seconds(), folder.memory())) {
                if (Files.exists(figure)) {
                    page.append("\n![%1$s](%1$s)\n".formatted(figure.getFileName()));
                }
            }
        }
        return page.toString();
    }

    private static String number(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
