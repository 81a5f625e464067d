package gsdm.cli.command;

import gsdm.cli.error.CommandException;
import gsdm.cli.error.ExitCode;
import gsdm.nn.reference.FixtureCheck;
import gsdm.nn.reference.FixtureReport;
import gsdm.nn.reference.ShippedFixtures;
import gsdm.tensor.backend.Backend;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** Compares with the reference implementation. */
@Command(
        name = "selftest",
        header = "Compare with recorded runs of the reference implementation.",
        description = {
            "Run recorded runs of the reference implementation through a device and compare, number"
                    + " by",
            "number: outputs and loss within 1e-4, gradients and DDIM results within 1e-3."
        },
        footer = {
            "",
            "Examples:",
            "  gsdm selftest",
            "  gsdm selftest --device scalar",
            "  gsdm selftest --fixtures my-fixtures --json"
        })
final class SelftestCommand implements Callable<Integer> {

    @Option(
            names = "--fixtures",
            paramLabel = "DIR",
            description = "Compare with the *.safetensors files of a folder, too.")
    private Optional<Path> fixtures = Optional.empty();

    @Mixin private Device device = new Device();
    @Mixin private Output output;

    SelftestCommand(Console console) {
        output = new Output(console);
    }

    @Override
    public Integer call() throws IOException {
        Path shipped = Files.createTempDirectory("gsdm-selftest");
        try (Backend backend = device.open(output)) {
            Map<String, Path> files = new LinkedHashMap<>();
            ShippedFixtures.copyTo(shipped).forEach(file -> files.put(name(file), file));
            fixtures.ifPresent(folder -> list(folder).forEach(file -> files.put(name(file), file)));
            List<FixtureReport> reports = new ArrayList<>();
            for (Path file : files.values()) {
                reports.add(FixtureCheck.run(backend, file));
            }
            show(reports, List.copyOf(files.keySet()));
            boolean passed = reports.stream().allMatch(FixtureReport::passed);
            return (passed ? ExitCode.OK : ExitCode.FAILURE).code();
        } finally {
            delete(shipped);
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw CommandException.badInput(folder + ": no such folder");
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found =
                    files.filter(file -> name(file).endsWith(".safetensors")).sorted().toList();
            if (found.isEmpty()) {
                throw CommandException.badInput(folder + ": it has no *.safetensors files");
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void show(List<FixtureReport> reports, List<String> files) {
        Table table =
                new Table("fixture", "tensors", "output", "loss", "gradients", "DDIM", "result");
        List<Object> data = new ArrayList<>();
        for (int i = 0; i < reports.size(); i++) {
            FixtureReport report = reports.get(i);
            table.row(
                    files.get(i),
                    report.tensors(),
                    error(report.output()),
                    error(report.loss()),
                    error(report.gradients()),
                    error(report.ddim()),
                    report.passed() ? "passed" : "FAILED");
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("fixture", files.get(i));
            entry.put("tensors", report.tensors());
            entry.put("output", report.output());
            entry.put("loss", report.loss());
            entry.put("gradients", report.gradients());
            entry.put("worst_gradient", report.worstGradient());
            entry.put("ddim", report.ddim());
            entry.put("passed", report.passed());
            data.add(entry);
        }
        output.result(data, table.lines());
    }

    private static String error(double error) {
        return String.format(Locale.ROOT, "%.1e", error);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
