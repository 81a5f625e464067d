package gsdm.cli.plot;

import gsdm.cli.io.AtomicFiles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * One page that gathers a run and needs no other file.
 *
 * @param title the run
 * @param facts name and value, as the last step and the time taken
 * @param metrics name and value of the last evaluation
 * @param environment the machine and software
 * @param configuration the configuration file's text
 * @param figures PNG files, in order; those that are not there are left out
 */
public record Report(
        String title,
        Map<String, ?> facts,
        Map<String, ?> metrics,
        Map<String, ?> environment,
        String configuration,
        List<Path> figures) {

    private static final String STYLE =
            """
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222 }
            h1, h2 { font-weight: 600 } h2 { margin-top: 2em }
            table { border-collapse: collapse } td { padding: .15em 1.5em .15em 0; vertical-align: top }
            td:first-child { color: #666 } td:last-child { font-variant-numeric: tabular-nums }
            pre { background: #f6f6f6; padding: 1em; overflow-x: auto; font-size: 13px }
            img { max-width: 100% } figure { margin: 1em 0 }
            """;

    /**
     * Writes the page, whole or not at all.
     *
     * @throws IOException if a figure cannot be read or the page not written
     */
    public void write(Path file) throws IOException {
        StringBuilder page = new StringBuilder();
        page.append("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width\">\n<title>")
                .append(escape(title))
                .append("</title>\n<style>\n")
                .append(STYLE)
                .append("</style>\n<h1>")
                .append(escape(title))
                .append("</h1>\n");
        table(page, facts);
        section(page, "Evaluation", metrics);
        page.append("<h2>Figures</h2>\n");
        for (Path figure : figures) {
            if (Files.exists(figure)) {
                figure(page, figure);
            }
        }
        page.append("<h2>Configuration</h2>\n<pre>")
                .append(escape(configuration))
                .append("</pre>\n");
        section(page, "Environment", environment);
        AtomicFiles.writeText(file, page.append("</html>\n").toString());
    }

    private static void section(StringBuilder page, String heading, Map<String, ?> rows) {
        if (!rows.isEmpty()) {
            page.append("<h2>").append(heading).append("</h2>\n");
            table(page, rows);
        }
    }

    private static void table(StringBuilder page, Map<String, ?> rows) {
        page.append("<table>\n");
        rows.forEach((name, value) ->
                page.append("<tr><td>")
                        .append(escape(name))
                        .append("</td><td>")
                        .append(escape(String.valueOf(value)))
                        .append("</td></tr>\n"));
        page.append("</table>\n");
    }

    private static void figure(StringBuilder page, Path figure) throws IOException {
        String name = figure.getFileName().toString().replace(".png", "");
        page.append("<figure><img alt=\"")
                .append(escape(name))
                .append("\" src=\"data:image/png;base64,")
                .append(Base64.getEncoder().encodeToString(Files.readAllBytes(figure)))
                .append("\"></figure>\n");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
