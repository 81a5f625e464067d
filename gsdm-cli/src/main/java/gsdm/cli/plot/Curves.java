package gsdm.cli.plot;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;

/** Curves over the steps or the seconds of runs. */
public final class Curves {

    private static final int WIDTH = 800;
    private static final int HEIGHT = 450;
    private static final int MOST_POINTS = 250;
    private static final int WINDOWS = 40; // of a running mean in a whole curve
    private static final float STROKE = 1.5f;

    /** Names that fit below the curves; more of them stand beside. */
    private static final int MOST_BELOW = 4;

    private static final int BESIDE_WIDTH = 200;
    private static final int BESIDE_HEIGHT = 24;
    private static final double DECADE = 10;
    private static final int BAND_ALPHA = 40;

    private Curves() {}

    /**
     * A curve.
     *
     * @param name what it shows
     * @param steps where, ascending; or at which seconds
     * @param values as many as there are steps; what is not finite is left out
     */
    @SuppressWarnings("ArrayRecordComponent") // a plain carrier; nobody compares two of them
    public record Curve(String name, double[] steps, double[] values) {

        /** The mean of the last fortieth of the curve at each step, of what is finite there. */
        public Curve smooth() {
            int window = Math.ceilDiv(Math.max(1, steps.length), WINDOWS);
            double[] means = new double[values.length];
            double sum = 0;
            int count = 0;
            for (int i = 0; i < values.length; i++) {
                if (Double.isFinite(values[i])) {
                    sum += values[i];
                    count++;
                }
                if (i >= window && Double.isFinite(values[i - window])) {
                    sum -= values[i - window];
                    count--;
                }
                means[i] = count == 0 ? Double.NaN : sum / count;
            }
            return new Curve(name, steps, means);
        }

        DoubleStream finite() {
            return Arrays.stream(values).filter(Double::isFinite);
        }

        /** The curve as at most {@link #MOST_POINTS} means over neighbouring steps. */
        public Curve thinned() {
            int stride = Math.ceilDiv(Math.max(1, steps.length), MOST_POINTS);
            int points = Math.ceilDiv(steps.length, stride);
            double[] x = new double[points];
            double[] y = new double[points];
            int kept = 0;
            for (int point = 0; point < points; point++) {
                int from = point * stride;
                int to = Math.min(from + stride, steps.length);
                double mean =
                        Arrays.stream(values, from, to)
                                .filter(Double::isFinite)
                                .average()
                                .orElse(Double.NaN);
                if (Double.isFinite(mean)) {
                    x[kept] = steps[to - 1];
                    y[kept++] = mean;
                }
            }
            return new Curve(name, Arrays.copyOf(x, kept), Arrays.copyOf(y, kept));
        }
    }

    /**
     * A curve as it is drawn.
     *
     * @param curve the curve
     * @param band the least and the most at each of its steps, drawn as an area behind it
     * @param guide whether it only guides the eye: thin, without a colour and a name of its own
     */
    public record Line(Curve curve, Optional<Band> band, boolean guide) {
        /** Of the curve, and of the least around it. */
        DoubleStream finite() {
            return DoubleStream.concat(
                    curve.finite(), band.stream().flatMapToDouble(each -> Arrays.stream(each.low)));
        }

        /** Of a curve alone. */
        public static Line of(Curve curve) {
            return new Line(curve, Optional.empty(), false);
        }

        /** Of what lies between two others. */
        public static Line within(Curve curve, Band band) {
            return new Line(curve, Optional.of(band), false);
        }

        /** Of what others are compared with. */
        public static Line guide(Curve curve) {
            return new Line(curve, Optional.empty(), true);
        }
    }

    /**
     * The least and the most.
     *
     * @param low as many as the curve has steps
     * @param high as many
     */
    @SuppressWarnings("ArrayRecordComponent") // a plain carrier; nobody compares two of them
    public record Band(double[] low, double[] high) {}

    /**
     * What is drawn over what.
     *
     * @param title of the figure
     * @param over the horizontal axis
     * @param logarithmic whether the horizontal axis is; the vertical one is where values are
     *     positive and span decades
     */
    public record Axes(String title, String over, boolean logarithmic) {
        /** Both as they are. */
        public static Axes of(String title, String over) {
            return new Axes(title, over, false);
        }
    }

    /**
     * Writes curves over steps as one PNG, on a logarithmic axis if they are positive and span
     * decades.
     *
     * @param title what the curves show
     * @throws IOException if it cannot be written
     */
    public static void write(Path file, String title, List<Curve> curves) throws IOException {
        List<Line> lines = curves.stream().map(Curve::thinned).map(Line::of).toList();
        write(file, Axes.of(title, "step"), lines);
    }

    /**
     * Writes lines as one PNG; what has no points is left out, and without any there is no file.
     *
     * @throws IOException if it cannot be written
     */
    public static void write(Path file, Axes axes, List<Line> lines) throws IOException {
        List<Line> drawn = lines.stream().filter(line -> line.curve.steps.length > 0).toList();
        if (drawn.isEmpty()) {
            return;
        }
        long named = drawn.stream().filter(line -> !line.guide).count();
        boolean beside = named > MOST_BELOW;
        XYChart chart =
                new XYChartBuilder()
                        .width(beside ? WIDTH + BESIDE_WIDTH : WIDTH)
                        .height((int) Math.max(HEIGHT, BESIDE_HEIGHT * (named + 2)))
                        .title(axes.title)
                        .xAxisTitle(axes.over)
                        .build();
        chart.getStyler()
                .setChartBackgroundColor(Color.WHITE)
                .setLegendPosition(
                        beside ? Styler.LegendPosition.OutsideE : Styler.LegendPosition.OutsideS);
        chart.getStyler()
                .setXAxisLogarithmic(axes.logarithmic)
                .setYAxisLogarithmic(spansDecades(drawn));
        Color[] colours = chart.getStyler().getSeriesColors();
        int number = 0;
        for (Line line : drawn) {
            if (line.guide) {
                addGuide(chart, line.curve);
            } else {
                Color colour = colours[number % colours.length];
                line.band.ifPresent(band -> addBand(chart, line.curve, band, colour));
                add(chart, line.curve, colour, number / colours.length);
                number++;
            }
        }
        Png.write(file, BitmapEncoder.getBufferedImage(chart));
    }

    private static void add(XYChart chart, Curve curve, Color colour, int round) {
        XYSeries series = chart.addSeries(curve.name, curve.steps, curve.values);
        series.setMarker(curve.steps.length < 20 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        series.setMarkerColor(colour);
        series.setLineColor(colour);
        series.setLineStyle(stroke(round));
    }

    private static void addGuide(XYChart chart, Curve curve) {
        XYSeries series = chart.addSeries(curve.name, curve.steps, curve.values);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(Color.GRAY);
        series.setLineStyle(
                new BasicStroke(
                        1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {2, 4}, 0));
        series.setShowInLegend(false);
    }

    /** The area between the two: along the one and back along the other. */
    private static void addBand(XYChart chart, Curve curve, Band band, Color colour) {
        int points = curve.steps.length;
        double[] x = new double[2 * points];
        double[] y = new double[2 * points];
        for (int i = 0; i < points; i++) {
            x[i] = curve.steps[i];
            y[i] = band.low[i];
            x[2 * points - 1 - i] = curve.steps[i];
            y[2 * points - 1 - i] = band.high[i];
        }
        XYSeries series = chart.addSeries(curve.name + ", range", x, y);
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.PolygonArea);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineStyle(new BasicStroke(0));
        series.setFillColor(
                new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), BAND_ALPHA));
        series.setLineColor(new Color(0, 0, 0, 0));
        series.setShowInLegend(false);
    }

    /** Dashed where all colours have been used, with longer dashes each time. */
    private static BasicStroke stroke(int round) {
        return round == 0
                ? new BasicStroke(STROKE)
                : new BasicStroke(
                        STROKE,
                        BasicStroke.CAP_BUTT,
                        BasicStroke.JOIN_ROUND,
                        1,
                        new float[] {4f * round, 4},
                        0);
    }

    private static boolean spansDecades(List<Line> lines) {
        double least = lines.stream().flatMapToDouble(Line::finite).min().orElse(0);
        double most = lines.stream().flatMapToDouble(Line::finite).max().orElse(0);
        return least > 0 && most > DECADE * least;
    }
}
