package gsdm.cli.plot;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.awt.BasicStroke;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
     * Writes curves as one PNG, on a logarithmic axis if they are positive and span decades.
     *
     * @param title what the curves show
     * @throws IOException if it cannot be written
     */
    public static void write(Path file, String title, List<Curve> curves) throws IOException {
        write(file, title, "step", curves);
    }

    /** As {@link #write(Path, String, List)}, over something that is named. */
    public static void write(Path file, String title, String over, List<Curve> curves)
            throws IOException {
        List<Curve> drawn =
                curves.stream().map(Curve::thinned).filter(c -> c.steps().length > 0).toList();
        if (drawn.isEmpty()) {
            return;
        }
        boolean beside = drawn.size() > MOST_BELOW;
        XYChart chart =
                new XYChartBuilder()
                        .width(beside ? WIDTH + BESIDE_WIDTH : WIDTH)
                        .height(Math.max(HEIGHT, BESIDE_HEIGHT * (drawn.size() + 2)))
                        .title(title)
                        .xAxisTitle(over)
                        .build();
        chart.getStyler()
                .setChartBackgroundColor(java.awt.Color.WHITE)
                .setLegendPosition(
                        beside ? Styler.LegendPosition.OutsideE : Styler.LegendPosition.OutsideS);
        chart.getStyler().setYAxisLogarithmic(spansDecades(drawn));
        int colours = chart.getStyler().getSeriesColors().length;
        for (int i = 0; i < drawn.size(); i++) {
            Curve curve = drawn.get(i);
            XYSeries series = chart.addSeries(curve.name(), curve.steps(), curve.values());
            series.setMarker(curve.steps().length < 20 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
            series.setLineStyle(stroke(i / colours));
        }
        Png.write(file, BitmapEncoder.getBufferedImage(chart));
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

    private static boolean spansDecades(List<Curve> curves) {
        double least = curves.stream().flatMapToDouble(Curve::finite).min().orElse(0);
        double most = curves.stream().flatMapToDouble(Curve::finite).max().orElse(0);
        return least > 0 && most > DECADE * least;
    }
}
