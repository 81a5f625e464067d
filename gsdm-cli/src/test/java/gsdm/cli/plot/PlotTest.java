package gsdm.cli.plot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import javax.imageio.ImageIO;

class PlotTest {

    @TempDir Path folder;

    @Test
    void aMaskIsDarkWhereThereIsAnEdge() throws IOException {
        Path file = folder.resolve("mask.png");
        MaskImage.write(
                file,
                13,
                List.of(0, 4),
                visitor -> {
                    for (int node = 0; node < 13; node++) {
                        visitor.edge(node, node);
                    }
                    visitor.edge(0, 12);
                });
        BufferedImage image = ImageIO.read(file.toFile());
        int scale = image.getWidth() / 13;
        assertThat(image.getHeight()).isEqualTo(image.getWidth());
        assertThat(dark(image, 12 * scale + 1, 1)).isTrue();
        assertThat(dark(image, 1, 12 * scale + 1)).isFalse();
        assertThat(dark(image, 6 * scale + 1, 6 * scale + 1)).isTrue();
    }

    @Test
    void aMaskOfMillionsFitsAndShowsALoneEdge() throws IOException {
        Path file = folder.resolve("mask.png");
        int nodes = 2_760_000;
        MaskImage.write(file, nodes, List.of(), visitor -> visitor.edge(nodes - 1, 0));
        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(image.getWidth()).isEqualTo(1024);
        assertThat(dark(image, 0, 1023)).isTrue();
        assertThat(dark(image, 1023, 0)).isFalse();
    }

    private static boolean dark(BufferedImage image, int x, int y) {
        return (image.getRGB(x, y) & 0xff00) >> 8 < 200;
    }

    @Test
    void curvesLeaveOutWhatIsNotFinite() throws IOException {
        double[] steps = IntStream.range(0, 4098).asDoubleStream().toArray();
        double[] values = IntStream.range(0, 4098).mapToDouble(i -> 1.0 / (i + 1)).toArray();
        values[7] = Double.NaN;
        Curves.Curve curve = new Curves.Curve("loss", steps, values);
        assertThat(curve.thinned().steps()).hasSizeBetween(200, 250).endsWith(4097);
        Path file = folder.resolve("loss.png");
        Curves.write(file, "loss", List.of(curve, new Curves.Curve("one", steps(3), steps(0.5))));
        assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(800);
        Path none = folder.resolve("none.png");
        Curves.write(none, "none", List.of(new Curves.Curve("x", steps(1), steps(Double.NaN))));
        assertThat(none).doesNotExist();
    }

    @Test
    void runningMeansAreOfTheLastFortieth() {
        double[] values = IntStream.range(0, 120).mapToDouble(i -> i).toArray();
        values[50] = Double.NaN;
        values[60] = values[61] = values[62] = Double.NaN;
        double[] means = new Curves.Curve("loss", values.clone(), values).smooth().values();
        assertThat(means[0]).isEqualTo(0);
        assertThat(means[1]).isEqualTo(0.5);
        assertThat(means[49]).isEqualTo(48);
        assertThat(means[50]).isEqualTo(48.5);
        assertThat(means[51]).isEqualTo(50);
        assertThat(means[61]).isEqualTo(59);
        assertThat(means[62]).isNaN();
        assertThat(means[119]).isEqualTo(118);
    }

    @Test
    void manyNamesStandBesideTheirCurves() throws IOException {
        Path file = folder.resolve("rows.png");
        List<Curves.Line> curves =
                IntStream.range(0, 30)
                        .mapToObj(i ->
                                new Curves.Curve(
                                        "row " + i, steps(1, 2, 3), steps(1 + i, 2 + i, 1.5 + i)))
                        .map(Curves.Line::of)
                        .toList();
        Curves.write(file, Curves.Axes.of("rmse", "seconds"), curves);
        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(image.getHeight()).isGreaterThan(30 * 20);
        assertThat(image.getWidth()).isGreaterThan(900);
    }

    private static double[] steps(double... values) {
        return values;
    }

    @Test
    void heatMapsShareAScaleAndGreyWhatIsMissing() throws IOException {
        Path file = folder.resolve("sample.png");
        HeatMap.write(
                file,
                List.of(
                        new HeatMap.Panel("observed", 2, 1, -1, Float.NaN, 0),
                        new HeatMap.Panel("reconstructed", 1, 0.5f)),
                1);
        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(image.getRGB(20, 60) & 0xffffff).isEqualTo(0xb2182b);
        assertThat(image.getRGB(230, 60) & 0xffffff).isEqualTo(0x2166ac);
        assertThat(image.getRGB(20, 250) & 0xffffff).isEqualTo(ColourMap.MISSING);
        assertThat(image.getRGB(230, 250) & 0xffffff).isEqualTo(0xffffff);
    }

    @Test
    void theReportIsOneFileWithEverythingEscaped() throws IOException {
        Path figure = folder.resolve("mask.png");
        MaskImage.write(figure, 1, List.of(), visitor -> visitor.edge(0, 0));
        Path file = folder.resolve("report.html");
        new Report(
                        "run <1>",
                        Map.of("step", 12),
                        Map.of("rmse", 0.25),
                        Map.of("cpu", "A & B"),
                        "model:\n  channels: 64",
                        List.of(figure, folder.resolve("missing.png")))
                .write(file);
        assertThat(Files.readString(file))
                .contains("run &lt;1&gt;", "0.25", "A &amp; B", "channels: 64")
                .contains("src=\"data:image/png;base64,iVBOR")
                .doesNotContain("missing");
    }
}
