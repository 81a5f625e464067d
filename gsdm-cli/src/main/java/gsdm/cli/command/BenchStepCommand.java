package gsdm.cli.command;

import gsdm.cli.bench.StopwatchBackend;
import gsdm.cli.bench.WarmUp;
import gsdm.cli.session.RunConfiguration;
import gsdm.graph.inference.Training;
import gsdm.graph.inference.TrainingSize;
import gsdm.graph.problem.ProblemInstance;
import gsdm.nn.layout.LayoutBudget;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Traffic;
import gsdm.tensor.cpu.vector.bench.MachinePeaks;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/** Times training steps. */
@Command(
        name = "step",
        header = "Time whole training steps.",
        description = {
            "Time whole training steps as 'train' runs them: drawing data, forward, backward,",
            "clipping, the optimizer and moving average; what share of a step kernels do not take;"
                    + " and how",
            "many times as long it takes as its matrix products would at the peak of fused"
                    + " multiply-adds."
        },
        footer = {
            "",
            "Examples:",
            "  gsdm bench step",
            "  gsdm bench step --set problem.rows=16 --set training.batch=4 --repeats 50 --json"
        })
final class BenchStepCommand implements Callable<Integer> {

    private static final double SECOND = 1e9;
    private static final double WARMUP_SECONDS = 5;
    private static final String VECTOR = "vector";

    @Mixin private BenchOptions options = new BenchOptions();
    @Mixin private Output output;

    BenchStepCommand(Console console) {
        output = new Output(console);
    }

    @Override
    public Integer call() throws IOException {
        int repeats = options.repeats();
        RunConfiguration configuration = options.configuration();
        ProblemInstance instance = configuration.instance();
        try (StopwatchBackend backend = new StopwatchBackend(options.device().open(output))) {
            TrainingSize size = SessionRunner.size(backend, configuration, instance);
            SessionRunner.requireTrainable(backend, configuration, instance, size);
            try (Training training = SessionRunner.start(backend, configuration, instance)) {
                output.note("warming up");
                WarmUp.run(training::step, WARMUP_SECONDS);
                double peak = fmaPeak(backend);
                Timings timings = time(training, backend, repeats);
                peak = Math.max(peak, fmaPeak(backend));
                show(training, size.room(), backend, timings, peak);
            }
        }
        return 0;
    }

    /**
     * Each number in ascending order.
     *
     * @param seconds of each step
     * @param outside the share of each step that is spent outside kernels
     * @param flopsPerSecond over all of them
     * @param traffic of the device in all of them
     */
    private record Timings(
            double[] seconds, double[] outside, double flopsPerSecond, Traffic traffic) {
        Timings {
            Arrays.sort(seconds);
            Arrays.sort(outside);
        }
    }

    private static Timings time(Training training, StopwatchBackend backend, int repeats) {
        double[] seconds = new double[repeats];
        double[] outside = new double[repeats];
        long flops = 0;
        Traffic before = backend.traffic();
        for (int i = 0; i < repeats; i++) {
            long inKernels = backend.nanoseconds();
            long start = System.nanoTime();
            training.step();
            long elapsed = System.nanoTime() - start;
            seconds[i] = elapsed / SECOND;
            flops += training.flopsPerStep();
            outside[i] = 1 - (backend.nanoseconds() - inKernels) / (double) elapsed;
        }
        return new Timings(
                seconds,
                outside,
                flops / Arrays.stream(seconds).sum(),
                backend.traffic().since(before));
    }

    /** Of this machine, in billions of operations a second; NaN where vectors are not used. */
    private static double fmaPeak(Backend backend) {
        return backend.name().equals(VECTOR)
                ? MachinePeaks.fmaGigaflops(backend.threads())
                : Double.NaN;
    }

    private static double median(double... sorted) {
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private void show(
            Training training,
            LayoutBudget room,
            Backend backend,
            Timings timings,
            double fmaPeak) {
        double median = median(timings.seconds());
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("nodes", room.nodes());
        data.put("edges", room.edges());
        data.put("parameters", training.parameterCount());
        data.put("threads", backend.threads());
        data.put("device", backend.name());
        data.put("seconds_median", median);
        data.put("seconds_min", timings.seconds()[0]);
        data.put("share_outside_kernels", median(timings.outside()));
        data.put("gflops", timings.flopsPerSecond() / SECOND);
        if (Double.isFinite(fmaPeak)) {
            double atPeak = training.matmulFlopsPerStep() / fmaPeak / SECOND;
            data.put("fma_peak_gflops", fmaPeak);
            data.put("seconds_of_matmuls_at_peak", atPeak);
            data.put("times_matmuls_at_peak", median / atPeak);
        }
        data.put("bytes_reserved", training.bytesReserved());
        Traffic all = backend.traffic();
        if (!all.equals(Traffic.NONE)) {
            double steps = timings.seconds().length;
            data.put("launches_per_step", timings.traffic().launches() / steps);
            data.put("bytes_to_device_per_step", timings.traffic().bytesUp() / steps);
            data.put("bytes_from_device_per_step", timings.traffic().bytesDown() / steps);
            data.put("kernels_compiled", all.kernels());
            data.put("seconds_of_compilation", all.compileNanos() / SECOND);
            data.put("kernels_compiled_while_timed", timings.traffic().kernels());
        }
        Map<String, String> shown = new LinkedHashMap<>();
        data.forEach((name, value) ->
                shown.put(
                        name,
                        value instanceof Double number
                                ? String.format(Locale.ROOT, "%.4g", number)
                                : value.toString()));
        output.result(data, Output.aligned(shown));
    }
}
