package gsdm.cli.command;

import gsdm.cli.session.Presets;
import gsdm.graph.problem.Parameter;
import gsdm.graph.problem.Problem;
import gsdm.graph.problem.Problems;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists the problems. */
@Command(
        name = "problems",
        header = "List the problems, their settings and presets.",
        footer = {"", "Examples:", "  gsdm problems", "  gsdm problems --json | jq '.[].name'"})
final class ProblemsCommand implements Runnable {

    @Mixin private Output output;

    ProblemsCommand(Console console) {
        output = new Output(console);
    }

    @Override
    public void run() {
        List<Object> data = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (Problem problem : Problems.all()) {
            data.add(describe(problem));
            lines.addAll(lines(problem));
        }
        output.result(data, lines);
    }

    private static Map<String, Object> describe(Problem problem) {
        List<Object> parameters = new ArrayList<>();
        for (Parameter parameter : problem.parameters()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("key", "problem." + parameter.name());
            entry.put("default", parameter.defaultValue());
            entry.put("expects", parameter.expects());
            entry.put("description", parameter.description());
            parameters.add(entry);
        }
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("name", problem.name());
        description.put("description", problem.description());
        description.put("presets", Presets.of(problem.name()).keySet());
        description.put("parameters", parameters);
        return description;
    }

    private static List<String> lines(Problem problem) {
        List<String> lines = new ArrayList<>();
        lines.add(problem.name());
        lines.addAll(wrapped(problem.description()));
        lines.add("  presets: " + String.join(", ", Presets.of(problem.name()).keySet()));
        Map<String, String> rows = new LinkedHashMap<>();
        for (Parameter parameter : problem.parameters()) {
            rows.put(
                    "problem." + parameter.name(),
                    parameter.description() + " (default " + shown(parameter.defaultValue()) + ")");
        }
        Output.aligned(rows).forEach(row -> lines.add("  " + row));
        lines.add("");
        return lines;
    }

    private static String shown(String value) {
        return value.isEmpty() ? "none" : value;
    }

    private static List<String> wrapped(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(" ");
        for (String word : text.split("\\s+", -1)) {
            if (line.length() + word.length() > 95) {
                lines.add(line.toString());
                line = new StringBuilder(" ");
            }
            line.append(' ').append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
