package gsdm.cli.session;

import gsdm.cli.error.CommandException;
import gsdm.cli.error.ExitCode;
import gsdm.graph.inference.RunSettings;
import gsdm.graph.inference.Training;
import gsdm.graph.inference.TrainingSize;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.ModelException;
import gsdm.graph.problem.ProblemInstance;
import gsdm.tensor.backend.Backend;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Whether there is memory enough for a configuration, before it is taken. */
public final class MemoryCheck {

    private static final long KIB = 1024;
    private static final int MOST_VALUES = Integer.MAX_VALUE - 8;

    /** Of what is kept of a problem that has been scored: a few numbers, and lists of them. */
    private static final long PROBLEM_BYTES = 512;

    private MemoryCheck() {}

    /** Whether there is memory for a training. */
    public enum Fit {
        /** As it is set. */
        YES,
        /** If activations are computed again. */
        RECOMPUTED,
        /** Not even then. */
        NO
    }

    /**
     * How large training will be.
     *
     * @param instance the model, and what is observed of it
     * @param seed of the run
     * @throws CommandException (bad input) if the settings do not suit the model
     */
    public static TrainingSize size(
            Backend backend, ProblemInstance instance, RunSettings settings, long seed) {
        try {
            return Training.size(
                    backend, instance.model(), instance.conditioning(), settings, seed);
        } catch (ModelException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw CommandException.badInput(e.getMessage(), e);
        }
    }

    /**
     * Whether there is so much memory.
     *
     * @param evaluated whether the whole graph is sampled meanwhile
     */
    public static Fit fit(TrainingSize size, boolean evaluated, long available) {
        long left = available - beside(size, evaluated);
        if (size.memory().total() <= left) {
            return Fit.YES;
        }
        return size.recomputed().total() <= left ? Fit.RECOMPUTED : Fit.NO;
    }

    /** The bytes that evaluations take beside training. */
    private static long beside(TrainingSize size, boolean evaluated) {
        return evaluated ? size.sampling().total() : 0;
    }

    /**
     * Refuses what there is too little memory for.
     *
     * @param evaluated whether the whole graph is sampled meanwhile
     * @throws CommandException (bad input) with the figure and what to lower
     */
    public static void require(
            TrainingSize size, boolean evaluated, RunSettings settings, long available) {
        if (fit(size, evaluated, available) == Fit.YES) {
            return;
        }
        long beside = beside(size, evaluated);
        List<String> ways = new ArrayList<>();
        if (size.recomputed().total() < size.memory().total()) {
            ways.add(
                    "set training.recompute=true (%s then)"
                            .formatted(bytes(size.recomputed().total() + beside)));
        }
        if (evaluated && size.memory().total() <= available) {
            ways.add("set training.evaluate=0");
        }
        ways.add(
                ("lower training.batch (now %d), model.channels (now %d), model.layers (now %d) or"
                                + " the problem's sizes")
                        .formatted(
                                settings.training().batch(),
                                settings.model().channels(),
                                settings.model().layers()));
        throw CommandException.badInput(
                "this configuration needs %s of memory (%s for activations%s), %s is available: %s"
                        .formatted(
                                bytes(size.memory().total() + beside),
                                bytes(size.memory().activations()),
                                evaluated ? ", %s for evaluating".formatted(bytes(beside)) : "",
                                bytes(available),
                                String.join(" or ", ways)));
    }

    /**
     * Whether so many draws fit into a Java array, and with what they are given and a copy by array
     * into the heap.
     *
     * @param what asks for them, as an option
     * @throws CommandException (usage) if they do not
     */
    public static void requireForDraws(String what, long draws, GraphicalModel model) {
        long values = Math.min(MOST_VALUES, heap() / (3 * Float.BYTES));
        long most = values / Math.max(1, model.nodeCount());
        if (draws > most) {
            throw CommandException.usage(
                    "%s: %d draws of %d nodes are too many at once (%s of memory allow %d); ask for fewer at a time"
                            .formatted(what, draws, model.nodeCount(), bytes(heap()), most));
        }
    }

    /**
     * Whether there is room for the scores of so many problems.
     *
     * @param code of the failure
     * @param what asks for them, as a setting or an option
     * @throws CommandException with the code if there is not
     */
    public static void requireForProblems(ExitCode code, String what, long problems) {
        long most = heap() / PROBLEM_BYTES;
        if (problems > most) {
            throw new CommandException(
                    code,
                    "%s: %d problems are too many to score (%s of memory allow %d); ask for fewer"
                            .formatted(what, problems, bytes(heap()), most));
        }
    }

    /** What Java may still take for its objects. */
    private static long heap() {
        Runtime java = Runtime.getRuntime();
        return java.maxMemory() - (java.totalMemory() - java.freeMemory());
    }

    /** A number of bytes as people read it. */
    public static String bytes(long bytes) {
        double size = bytes;
        for (String unit : new String[] {"B", "KiB", "MiB", "GiB"}) {
            if (size < KIB) {
                return String.format(Locale.ROOT, size < 10 ? "%.1f %s" : "%.0f %s", size, unit);
            }
            size /= KIB;
        }
        return String.format(Locale.ROOT, "%.1f TiB", size);
    }

    /** What a device has, or else what the machine has left. */
    public static long available(Backend backend) {
        return backend.memory().orElseGet(MemoryCheck::available);
    }

    /** What Linux says can be had without swapping, within the container's limit. */
    public static long available() {
        var machine =
                (com.sun.management.OperatingSystemMXBean)
                        ManagementFactory.getOperatingSystemMXBean();
        long limit = machine.getTotalMemorySize();
        try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> KIB * Long.parseLong(line.replaceAll("\\D", "")))
                    .map(available -> Math.min(available, limit))
                    .findFirst()
                    .orElse(limit);
        } catch (IOException e) {
            return limit;
        }
    }
}
