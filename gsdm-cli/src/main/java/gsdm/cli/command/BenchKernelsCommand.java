package gsdm.cli.command;

import gsdm.cli.bench.KernelBench;
import gsdm.cli.bench.KernelTiming;
import gsdm.cli.run.Environment;
import gsdm.cli.session.RunConfiguration;
import gsdm.graph.model.GraphicalModel;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Peaks;
import gsdm.tensor.cpu.vector.bench.MachinePeaks;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Times kernels. */
@Command(
        name = "kernels",
        header = "Time kernels beside the peaks of this machine.",
        description = {
            "Time matmul, attention, norm, noising and loss at the model's shapes, beside the peaks"
                    + " of",
            "fused multiply-adds and of copying that are measured on this machine in the same"
                    + " minute."
        },
        footer = {
            "",
            "Examples:",
            "  gsdm bench kernels",
            "  gsdm bench kernels --threads 1",
            "  gsdm bench kernels bnn --set model.channels=128 --json"
        })
final class BenchKernelsCommand implements Callable<Integer> {

    /**
     * Two fused multiply-adds of eight floats: what most cores start in a cycle, those that split
     * 512-bit vectors in two included.
     */
    private static final int OPERATIONS_PER_CYCLE = 32;

    @Mixin private BenchOptions options = new BenchOptions();
    @Mixin private Output output;

    BenchKernelsCommand(Console console) {
        output = new Output(console);
    }

    @Override
    public Integer call() throws IOException {
        int repeats = options.repeats();
        RunConfiguration configuration = options.configuration();
        GraphicalModel model = configuration.instance().model();
        try (Backend backend = options.device().open(output)) {
            output.note("measuring the peaks");
            Optional<Peaks> ofDevice = backend.peaks();
            Peaks peaks =
                    ofDevice.orElseGet(() ->
                            new Peaks(
                                    MachinePeaks.fmaGigaflops(backend.threads()),
                                    MachinePeaks.copyGigabytes(backend.threads())));
            KernelBench bench =
                    new KernelBench(backend, configuration.settings(), model.mask(), repeats);
            List<KernelTiming> timings = new ArrayList<>();
            for (KernelBench.Case kernel : bench.kernels()) {
                output.note("timing " + kernel.name());
                timings.add(bench.time(kernel));
            }
            show(timings, backend, peaks, ofDevice.isPresent());
        }
        return 0;
    }

    private void show(List<KernelTiming> timings, Backend backend, Peaks peaks, boolean ofDevice) {
        double fma = peaks.gigaflops();
        double copy = peaks.gigabytes();
        Table table =
                new Table(
                        "kernel", "shape", "ms", "GFLOP/s", "of FMA peak", "GB/s", "of copy peak");
        List<Object> rows = new ArrayList<>();
        for (KernelTiming timing : timings) {
            table.row(
                    timing.name(),
                    timing.shape(),
                    number("%.3f", 1e3 * timing.seconds()),
                    number("%.1f", timing.gigaflops()),
                    number("%.0f%%", 100 * timing.gigaflops() / fma),
                    number("%.1f", timing.gigabytes()),
                    number("%.0f%%", 100 * timing.gigabytes() / copy));
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("kernel", timing.name());
            row.put("shape", timing.shape());
            row.put("seconds_median", timing.seconds());
            row.put("gflops", timing.gigaflops());
            row.put("gbytes_per_second", timing.gigabytes());
            rows.add(row);
        }
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("device", backend.name());
        data.put("threads", backend.threads());
        data.put("fma_peak_gflops", fma);
        data.put("copy_peak_gbytes_per_second", copy);
        if (!ofDevice) {
            data.put("vector_bits", MachinePeaks.vectorBits());
        }
        data.put("kernels", rows);
        List<String> lines = new ArrayList<>(table.lines());
        lines.add("");
        lines.addAll(ofDevice ? device(backend, peaks) : processor(backend, peaks));
        output.result(data, lines);
    }

    private static List<String> device(Backend backend, Peaks peaks) {
        return List.of(
                "multiply-add peak %s GFLOP/s, copy peak %s GB/s on %s"
                        .formatted(
                                number("%.1f", peaks.gigaflops()),
                                number("%.1f", peaks.gigabytes()),
                                backend.description()));
    }

    private static List<String> processor(Backend backend, Peaks peaks) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "FMA peak %s GFLOP/s, copy peak %s GB/s on %d threads of %s"
                        .formatted(
                                number("%.1f", peaks.gigaflops()),
                                number("%.1f", peaks.gigabytes()),
                                backend.threads(),
                                Environment.cpu()));
        Environment.clock()
                .ifPresent(clock ->
                        lines.add(
                                "%d cores x %s GHz now x %d operations a cycle = %s GFLOP/s"
                                        .formatted(
                                                backend.threads(),
                                                number("%.2f", clock),
                                                OPERATIONS_PER_CYCLE,
                                                number(
                                                        "%.1f",
                                                        backend.threads()
                                                                * clock
                                                                * OPERATIONS_PER_CYCLE))));
        return lines;
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
