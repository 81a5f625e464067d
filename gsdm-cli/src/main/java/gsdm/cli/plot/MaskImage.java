package gsdm.cli.plot;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** An attention mask as a picture: dark where the row's node attends to the column's. */
public final class MaskImage {

    private static final int LARGEST = 1024;
    private static final int BACKGROUND = 0xffffff;
    private static final int BORDER = 0xd08770;
    private static final double FAINTEST = 0.35;

    private MaskImage() {}

    /** Goes through the edges, each as (row, column). */
    @FunctionalInterface
    public interface EdgeWalk {
        /** Hands every edge to the visitor. */
        void forEach(EdgeVisitor visitor);
    }

    /** Takes one edge. */
    @FunctionalInterface
    public interface EdgeVisitor {
        /** Node {@code row} attends to node {@code column}. */
        void edge(int row, int column);
    }

    /**
     * Writes a mask: one or more pixels a node while it fits, else the share of edges in each
     * pixel.
     *
     * @param nodes the number of nodes, at least 1
     * @param borders the first node of each array, drawn as lines if there is room
     * @param edges the edges
     * @throws IOException if it cannot be written
     */
    public static void write(Path file, int nodes, List<Integer> borders, EdgeWalk edges)
            throws IOException {
        int cells = Math.min(nodes, LARGEST);
        int scale = Math.max(1, LARGEST / 2 / cells);
        int[] counts = new int[cells * cells];
        edges.forEach((row, column) ->
                counts[cell(row, nodes, cells) * cells + cell(column, nodes, cells)]++);
        double full = Math.pow((double) nodes / cells, 2);
        int side = cells * scale;
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                int count = counts[y / scale * cells + x / scale];
                image.setRGB(x, y, shade(count, full));
            }
        }
        for (int border : borders) {
            int at = cell(border, nodes, cells) * scale;
            for (int i = 0; i < side && border > 0; i += 2) {
                image.setRGB(i, at, BORDER);
                image.setRGB(at, i, BORDER);
            }
        }
        Png.write(file, image);
    }

    private static int cell(int node, int nodes, int cells) {
        return (int) ((long) node * cells / nodes);
    }

    /** Few edges among many possible ones must still be seen. */
    private static int shade(int count, double full) {
        if (count == 0) {
            return BACKGROUND;
        }
        double share = Math.min(1, FAINTEST + (1 - FAINTEST) * Math.sqrt(count / full));
        int grey = (int) Math.round(255 * (1 - share));
        return grey << 16 | grey << 8 | Math.min(255, grey + 32);
    }
}
