package gsdm.cli.scaling;

import gsdm.cli.error.CommandException;
import gsdm.cli.io.AtomicFiles;
import gsdm.cli.io.Json;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The folder of a measurement: {@code results.json} has what is known so far, written after every
 * point, and a measurement that goes on there takes none of them again.
 */
public final class ScalingFolder {

    private static final String CONDITIONS = "conditions";
    private static final String POINTS = "points";
    private static final String LARGEST = "largest";

    private final Path path;
    private final Map<String, String> conditions;
    private final List<ScalingPoint> points = new ArrayList<>();
    private final Map<String, Integer> largest = new LinkedHashMap<>();

    /**
     * Opens a folder, and takes over what is in it.
     *
     * @param conditions under which it is measured, as the network and the machine
     * @throws CommandException (bad input) if what is there was measured under others
     */
    public ScalingFolder(Path path, Map<String, String> conditions) throws IOException {
        this.path = path;
        this.conditions = Collections.unmodifiableMap(new LinkedHashMap<>(conditions));
        if (Files.exists(results())) {
            read();
        }
    }

    private void read() throws IOException {
        JsonNode tree = Json.read(results());
        conditions.forEach((name, now) -> {
            String before = tree.path(CONDITIONS).path(name).asString("");
            if (!before.equals(now)) {
                throw CommandException.badInput(
                        "%s was measured with %s %s, and now it is %s; choose another folder with --out"
                                .formatted(path, name, before, now));
            }
        });
        tree.path(POINTS).forEach(point -> points.add(ScalingPoint.of(point)));
        tree.path(LARGEST).forEachEntry((name, side) -> largest.put(name, side.asInt()));
    }

    /** Every figure, for programs. */
    public Path results() {
        return path.resolve("results.json");
    }

    /** The page, for people. */
    public Path page() {
        return path.resolve("scaling.md");
    }

    /** Seconds over nodes. */
    public Path seconds() {
        return path.resolve("seconds.png");
    }

    /** Bytes over nodes. */
    public Path memory() {
        return path.resolve("memory.png");
    }

    /** What it was measured under. */
    public Map<String, String> conditions() {
        return conditions;
    }

    /** What is known so far, in the order it was measured. */
    public List<ScalingPoint> points() {
        return List.copyOf(points);
    }

    /** The points of a mechanism. */
    public List<ScalingPoint> points(String mechanism) {
        return points.stream().filter(point -> point.mechanism().equals(mechanism)).toList();
    }

    /** The largest squares that fit, by how they are computed. */
    public Map<String, Integer> largest() {
        return new LinkedHashMap<>(largest);
    }

    /** Whether a mechanism has been measured at a size. */
    public boolean measured(String mechanism, int side) {
        return points(mechanism).stream()
                .anyMatch(point -> point.side() == side && point.isMeasured());
    }

    /** Keeps a point, in place of what is known of that size. */
    public void add(ScalingPoint point) throws IOException {
        points.removeIf(
                old -> old.mechanism().equals(point.mechanism()) && old.side() == point.side());
        points.add(point);
        write();
    }

    /** Keeps the largest square of a way to compute. */
    public void addLargest(String how, int side) throws IOException {
        largest.put(how, side);
        write();
    }

    /** As JSON has it. */
    public Map<String, Object> data() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put(CONDITIONS, conditions);
        data.put(POINTS, points.stream().map(ScalingPoint::data).toList());
        data.put(LARGEST, largest);
        return data;
    }

    private void write() throws IOException {
        AtomicFiles.writeText(results(), Json.text(data()));
    }
}
