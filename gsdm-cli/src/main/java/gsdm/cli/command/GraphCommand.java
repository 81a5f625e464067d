package gsdm.cli.command;

import gsdm.cli.plot.MaskImage;
import gsdm.cli.plot.Pictures;
import gsdm.cli.session.RunConfiguration;
import gsdm.graph.model.ArrayNodes;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Tie;
import gsdm.graph.subgraph.SubgraphSurvey;
import gsdm.tensor.sparse.GraphDiameter;
import gsdm.tensor.sparse.SparsePattern;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Describes the graph of a problem. */
@Command(
        name = "graph",
        header = "Describe a problem's graph, and draw its attention mask.",
        description = {
            "Describe a problem's graph: its arrays, the attention mask, and whether the network"
                    + " has",
            "layers enough for attention to reach from any node to any other."
        },
        footer = {
            "",
            "Examples:",
            "  gsdm graph bnn",
            "  gsdm graph matrix-factorization --set problem.rows=500 --set problem.cols=500",
            "  gsdm graph matrix-factorization --preset quick --image mask.png",
            "  gsdm graph bnn --subgraph plate --budget 0.05 --samples 1000"
        })
final class GraphCommand implements Runnable {

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PROBLEM",
            description = "As 'gsdm problems' lists them.")
    private Optional<String> problem = Optional.empty();

    @Option(
            names = "--image",
            paramLabel = "FILE.png",
            description =
                    "Draw the attention mask, dark where the row's node attends to the column's;"
                            + " with --subgraph, that of the first one.")
    private Optional<Path> image = Optional.empty();

    @Mixin private SubgraphOptions subgraphs = new SubgraphOptions();
    @Mixin private Configurable configurable = new Configurable();
    @Mixin private Output output;

    GraphCommand(Console console) {
        output = new Output(console);
    }

    @Override
    public void run() {
        subgraphs.check();
        RunConfiguration configuration = configurable.resolve(problem);
        GraphicalModel model = configuration.instance().model();
        int layers = configuration.settings().model().layers();
        SparsePattern mask = model.mask();
        GraphDiameter diameter = GraphDiameter.of(mask);
        Map<String, Object> data = data(model, mask, diameter, layers);
        List<String> lines = lines(model, mask, diameter, layers);
        if (subgraphs.present()) {
            SubgraphSurvey survey = subgraphs.survey(model);
            data.put("subgraphs", subgraphs.data(model, survey));
            lines.add("");
            lines.addAll(subgraphs.lines(model, survey));
        }
        output.result(data, lines);
        warn(mask, diameter, layers);
        if (image.isPresent()) {
            draw(image.get(), model, mask);
        }
    }

    private void warn(SparsePattern mask, GraphDiameter diameter, int layers) {
        if (diameter.lower() > layers) {
            output.warn(
                    ("attention reaches %d nodes far in model.layers=%d layers, and two nodes are"
                                    + " %d apart: some never hear of each other")
                            .formatted(layers, layers, diameter.lower()));
        }
        long alone = IntStream.range(0, mask.rows()).filter(node -> mask.degree(node) == 1).count();
        if (alone > 0) {
            output.note(alone + " nodes have no neighbours: nothing depends on them");
        }
        if (diameter.components() - alone > 1) {
            output.warn(
                    "the graph falls into %d parts that never hear of each other"
                            .formatted(diameter.components() - alone));
        }
    }

    /** The mask, or what the first subgraph has of it. */
    private void draw(Path file, GraphicalModel model, SparsePattern mask) {
        int[] nodes =
                subgraphs.present()
                        ? subgraphs.first(model).nodes()
                        : IntStream.range(0, mask.rows()).toArray();
        int[] places = new int[mask.rows()];
        Arrays.fill(places, -1);
        for (int i = 0; i < nodes.length; i++) {
            places[nodes[i]] = i;
        }
        List<Integer> borders =
                model.layout().arrays().stream()
                        .map(array -> Arrays.binarySearch(nodes, array.offset()))
                        .map(at -> at < 0 ? -at - 1 : at)
                        .filter(at -> at < nodes.length)
                        .toList();
        MaskImage.EdgeWalk edges =
                visitor ->
                        mask.forEach((row, column) -> {
                            if (places[row] >= 0 && places[column] >= 0) {
                                visitor.edge(places[row], places[column]);
                            }
                        });
        try {
            Pictures.draw(
                    file.toString(), () -> MaskImage.write(file, nodes.length, borders, edges));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        output.note("wrote " + file);
    }

    private static Map<String, Object> data(
            GraphicalModel model, SparsePattern mask, GraphDiameter diameter, int layers) {
        List<Object> arrays = new ArrayList<>();
        for (ArrayNodes array : model.layout().arrays()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", array.name());
            entry.put("shape", array.shape());
            entry.put("nodes", array.count());
            entry.put("degree_mean", meanDegree(array, mask));
            entry.put("degree_max", maxDegree(array, mask));
            arrays.add(entry);
        }
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("nodes", mask.rows());
        data.put("edges", mask.edges());
        data.put("density", density(mask));
        data.put("degree_max", mask.maxDegree());
        data.put("diameter", diameter.lower());
        data.put("diameter_upper", diameter.upper());
        data.put("components", diameter.components());
        data.put("layers", layers);
        data.put("arrays", arrays);
        List<Object> ties = new ArrayList<>();
        for (Tie tie : model.ties()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("in", tie.reader().name());
            entry.put("between", List.of(tie.one().toString(), tie.other().toString()));
            entry.put("edges", edges(tie, model));
            ties.add(entry);
        }
        data.put("ties", ties);
        return data;
    }

    private static List<String> lines(
            GraphicalModel model, SparsePattern mask, GraphDiameter diameter, int layers) {
        Table table = new Table("array", "plates", "shape", "nodes", "degree", "largest");
        for (ArrayNodes array : model.layout().arrays()) {
            table.row(
                    array.name(),
                    String.join(" ", array.plates()),
                    array.shape().toString().replaceAll("[\\[\\]]", "").replace(", ", " x "),
                    count(array.count()),
                    String.format(Locale.ROOT, "%.1f", meanDegree(array, mask)),
                    count(maxDegree(array, mask)));
        }
        List<String> lines = new ArrayList<>(table.lines());
        lines.add("");
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("nodes", count(mask.rows()));
        facts.put("edges", count(mask.edges()) + " (both ways, with self loops)");
        facts.put("density", String.format(Locale.ROOT, "%.3g %%", 100 * density(mask)));
        String upTo = diameter.isExact() ? "" : " to " + diameter.upper();
        facts.put("diameter", diameter.lower() + upTo + " beside " + layers + " layers");
        lines.addAll(Output.aligned(facts));
        for (Tie tie : model.ties()) {
            lines.add(
                    "tied: %s, by %s edges, since nothing else tells which belong together"
                            .formatted(tie, count(edges(tie, model))));
        }
        return lines;
    }

    /** Both ways, like all edges. */
    private static long edges(Tie tie, GraphicalModel model) {
        try (Arena arena = Arena.ofConfined()) {
            SparsePattern alone =
                    SparsePattern.symmetrise(model.nodeCount(), model.directedEdges(tie), arena);
            return alone.edges() - alone.rows();
        }
    }

    private static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    private static double density(SparsePattern mask) {
        return mask.edges() / ((double) mask.rows() * mask.rows());
    }

    static double meanDegree(ArrayNodes array, SparsePattern mask) {
        long sum = 0;
        for (int node = array.offset(); node < array.offset() + array.count(); node++) {
            sum += mask.degree(node);
        }
        return sum / (double) Math.max(1, array.count());
    }

    private static int maxDegree(ArrayNodes array, SparsePattern mask) {
        int largest = 0;
        for (int node = array.offset(); node < array.offset() + array.count(); node++) {
            largest = Math.max(largest, mask.degree(node));
        }
        return largest;
    }
}
