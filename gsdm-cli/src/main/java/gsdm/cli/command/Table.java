package gsdm.cli.command;

import java.util.ArrayList;
import java.util.List;

/** Rows of cells as lines, each column as wide as it needs; numbers to the right. */
final class Table {

    private final List<List<String>> rows = new ArrayList<>();

    Table(Object... header) {
        row(header);
    }

    /** Those of a table whose cells are texts. */
    static List<String> lines(List<String> header, List<List<String>> cells) {
        Table table = new Table(header.toArray());
        cells.forEach(row -> table.row(row.toArray()));
        return table.lines();
    }

    Table row(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(String.valueOf(cell));
        }
        rows.add(row);
        return this;
    }

    List<String> lines() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        boolean[] numbers = new boolean[columns];
        for (int column = 0; column < columns; column++) {
            int c = column;
            widths[c] = rows.stream().mapToInt(row -> row.get(c).length()).max().orElse(0);
            numbers[c] =
                    rows.stream()
                            .skip(1)
                            .allMatch(row ->
                                    row.get(c).matches("[-≥]?[\\d.,e%+-]*x?( ± [\\d.,e+-]+)?"));
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < columns; c++) {
                String format = (numbers[c] ? "%" : "%-") + Math.max(1, widths[c]) + "s  ";
                line.append(format.formatted(row.get(c)));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
