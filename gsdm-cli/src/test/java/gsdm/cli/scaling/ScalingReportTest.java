package gsdm.cli.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gsdm.cli.error.CommandException;
import gsdm.cli.progress.Progress;
import gsdm.cli.session.Narrator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class ScalingReportTest {
    private static final List<String> MECHANISMS = List.of("sparse", "dense");

    @TempDir private Path path;

    private ScalingFolder folder(String cpu) throws IOException {
        return new ScalingFolder(path, Map.of("cpu", cpu));
    }

    /** Of so many nodes, six edges each, at seconds that grow as a power of them. */
    private static ScalingPoint point(String mechanism, int side, long nodes, double power) {
        double seconds = 1e-6 * Math.pow(nodes, power);
        return ScalingPoint.measured(mechanism, side, nodes, 6 * nodes, 100 * nodes, seconds);
    }

    private static final class Warnings implements Narrator {
        private final List<String> all = new ArrayList<>();

        @Override
        public void note(String line) {}

        @Override
        public void warn(String line) {
            all.add(line);
        }

        @Override
        public Progress progress(Progress.Task task) {
            throw new IllegalStateException("nothing takes that long");
        }
    }

    @Test
    void powersAreFoundAgain() throws IOException {
        ScalingFolder folder = folder("one");
        for (int side : new int[] {8, 16, 32, 64, 128}) {
            folder.add(point("sparse", side, 11L * side * side, 1));
            folder.add(point("dense", side, 11L * side * side, side < 16 ? 1 : 2));
        }
        assertThat(
                        ScalingReport.slope(folder.points("sparse"), ScalingPoint::seconds)
                                .orElseThrow())
                .isEqualTo(1, within(1e-9));
        assertThat(ScalingReport.slope(folder.points("dense"), ScalingPoint::seconds).orElseThrow())
                .as("of the last four")
                .isEqualTo(2, within(1e-9));
        assertThat(ScalingReport.slope(folder.points("dense").subList(0, 1), ScalingPoint::seconds))
                .isEmpty();
        ScalingReport report = new ScalingReport(folder, MECHANISMS);
        assertThat(report.notes())
                .contains(
                        "sparse: seconds grow as nodes^1.00, bytes as nodes^1.00 (the last 4"
                                + " sizes)",
                        "dense: seconds grow as nodes^2.00, bytes as nodes^1.00 (the last 4 sizes)",
                        "sparse: seconds an edge differ by a factor of 1.00 at most from 10000"
                                + " edges on");
    }

    @Test
    void theFolderGoesOnWhereItWas() throws IOException {
        ScalingFolder first = folder("one");
        first.add(point("sparse", 8, 704, 1));
        first.add(ScalingPoint.unmeasured("sparse", 16, 2816, 17_000, 1 << 20, "does not fit"));
        first.addLargest("sparse, in 1.0 GiB", 12);
        ScalingFolder second = folder("one");
        assertThat(second.points()).isEqualTo(first.points());
        assertThat(second.largest()).isEqualTo(first.largest());
        assertThat(second.measured("sparse", 8)).isTrue();
        assertThat(second.measured("sparse", 16)).isFalse();
        assertThat(second.measured("dense", 8)).isFalse();
        second.add(point("sparse", 16, 2816, 1));
        assertThat(folder("one").points())
                .as("once it fits")
                .containsExactly(point("sparse", 8, 704, 1), point("sparse", 16, 2816, 1));
        assertThatThrownBy(() -> folder("another"))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("measured with cpu one, and now it is another");
    }

    @Test
    void thePageHasEveryPointAndItsFigures() throws IOException {
        ScalingFolder folder = folder("one");
        folder.add(point("sparse", 8, 704, 1));
        folder.add(point("sparse", 16, 2816, 1));
        folder.add(point("dense", 8, 704, 2));
        folder.add(ScalingPoint.unmeasured("dense", 16, 2816, 17_000, 3 << 20, "takes too long"));
        folder.addLargest("dense, in 1.0 GiB", 77);
        Warnings warnings = new Warnings();
        new ScalingReport(folder, MECHANISMS).write(warnings);
        assertThat(warnings.all).isEmpty();
        assertThat(folder.seconds()).isNotEmptyFile();
        assertThat(folder.memory()).isNotEmptyFile();
        assertThat(Files.readString(folder.page()))
                .contains(
                        "| sparse | 8 x 8 | 704 | 4224 | 0.0007040 | 167 | 69 KiB |",
                        "| dense | 16 x 16 | 2816 | 17000 | takes too long |  | 3.0 MiB |",
                        "- cpu: one",
                        "- largest square that fits, dense, in 1.0 GiB: 77 x 77",
                        "![seconds.png](seconds.png)");
    }
}
