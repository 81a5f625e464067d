package gsdm.cli.plot;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Matrices in one colour scale, each under its title. */
public final class HeatMap {

    private static final int PANEL = 220;
    private static final int MARGIN = 16;
    private static final int TITLE = 22;

    private HeatMap() {}

    /**
     * A matrix to show.
     *
     * @param title what it is
     * @param columns the length of its rows
     * @param values row by row; NaN is shown grey
     */
    @SuppressWarnings("ArrayRecordComponent") // a plain carrier; nobody compares two of them
    public record Panel(String title, int columns, float... values) {

        int rows() {
            return values.length / columns;
        }
    }

    /**
     * Writes the panels as one PNG, column by column.
     *
     * @param perColumn panels one above the other
     * @throws IOException if it cannot be written
     */
    public static void write(Path file, List<Panel> panels, int perColumn) throws IOException {
        int columns = Math.ceilDiv(panels.size(), perColumn);
        int rowHeight = TITLE + MARGIN + panels.stream().mapToInt(HeatMap::height).max().orElse(0);
        int width = MARGIN + columns * (PANEL + MARGIN);
        int height = MARGIN + perColumn * rowHeight;
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
        graphics.setRenderingHint(
                RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
        double range = range(panels);
        for (int i = 0; i < panels.size(); i++) {
            int left = MARGIN + i / perColumn * (PANEL + MARGIN);
            int top = MARGIN + TITLE + i % perColumn * rowHeight;
            draw(graphics, panels.get(i), left, top, range);
        }
        graphics.dispose();
        Png.write(file, image);
    }

    private static int height(Panel panel) {
        return Math.clamp((long) PANEL * panel.rows() / panel.columns(), PANEL / 8, 2 * PANEL);
    }

    private static double range(List<Panel> panels) {
        double largest = 0;
        for (Panel panel : panels) {
            for (float value : panel.values()) {
                largest = Float.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest;
            }
        }
        return largest == 0 ? 1 : largest;
    }

    private static void draw(Graphics2D graphics, Panel panel, int left, int top, double range) {
        int height = height(panel);
        graphics.setColor(Color.BLACK);
        graphics.drawString(panel.title(), left, top - 6);
        for (int i = 0; i < panel.values().length; i++) {
            int row = i / panel.columns();
            int column = i % panel.columns();
            int x0 = column * PANEL / panel.columns();
            int x1 = (column + 1) * PANEL / panel.columns();
            int y0 = row * height / panel.rows();
            int y1 = (row + 1) * height / panel.rows();
            graphics.setColor(new Color(ColourMap.colour(panel.values()[i], range)));
            graphics.fillRect(left + x0, top + y0, Math.max(1, x1 - x0), Math.max(1, y1 - y0));
        }
        graphics.setColor(Color.GRAY);
        graphics.drawRect(left - 1, top - 1, PANEL + 1, height + 1);
    }
}
