package gsdm.cli.command;

import gsdm.cli.error.CommandException;
import gsdm.graph.model.ArrayNodes;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.subgraph.Budget;
import gsdm.graph.subgraph.Subgraph;
import gsdm.graph.subgraph.SubgraphSampler;
import gsdm.graph.subgraph.SubgraphSurvey;
import gsdm.tensor.random.RandomStream;

import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What {@code gsdm graph} is to draw of a graph, and what it says of what was drawn. */
final class SubgraphOptions {
    @Option(
            names = "--subgraph",
            paramLabel = "KIND",
            description = {
                "Draw subgraphs and describe them. plate: one plate whole, some indices of the"
                        + " others; khop: what lies nearest to a node; node: any nodes."
            })
    private Optional<SubgraphSampler.Kind> kind = Optional.empty();

    @Option(
            names = "--budget",
            paramLabel = "SIZE",
            description =
                    "The most nodes of a subgraph: a number, or a share below 1 (default: 0.05).")
    private Optional<Double> budget = Optional.empty();

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "How many subgraphs to draw (default: 100).")
    private Optional<Integer> samples = Optional.empty();

    /** Whether subgraphs were asked for. */
    boolean present() {
        return kind.isPresent();
    }

    /** Refuses what makes no sense, before anything is computed. */
    void check() {
        if (!present() && (budget.isPresent() || samples.isPresent())) {
            throw CommandException.usage("--budget and --samples are for --subgraph");
        }
        samples.filter(count -> count < 1)
                .ifPresent(count -> {
                    throw CommandException.usage("--samples must be 1 or more; found " + count);
                });
        budget();
    }

    private Budget budget() {
        try {
            return new Budget(budget.orElse(0.05));
        } catch (IllegalArgumentException e) {
            throw CommandException.usage("--budget: " + e.getMessage());
        }
    }

    private SubgraphSampler sampler(GraphicalModel model) {
        try {
            return SubgraphSampler.of(kind.orElseThrow(), model, nodes(model));
        } catch (IllegalArgumentException e) {
            throw CommandException.usage("--subgraph: " + e.getMessage());
        }
    }

    private int nodes(GraphicalModel model) {
        return budget().nodes(model.nodeCount());
    }

    private static long key(int sample) {
        return RandomStream.fork(RandomStream.seed(0), sample);
    }

    /** The first of the subgraphs. */
    Subgraph first(GraphicalModel model) {
        return sampler(model).draw(key(0));
    }

    SubgraphSurvey survey(GraphicalModel model) {
        SubgraphSurvey survey = new SubgraphSurvey(model);
        SubgraphSampler sampler = sampler(model);
        for (int sample = 0; sample < samples.orElse(100); sample++) {
            survey.add(sampler.draw(key(sample)));
        }
        return survey;
    }

    Map<String, Object> data(GraphicalModel model, SubgraphSurvey survey) {
        List<Object> arrays = new ArrayList<>();
        for (SubgraphSurvey.OfArray array : survey.arrays()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", array.name());
            entry.put("nodes_mean", array.nodes());
            entry.put("degree_mean", array.degree());
            arrays.add(entry);
        }
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("kind", name());
        data.put("budget", nodes(model));
        data.put("samples", survey.draws());
        data.put("nodes_min", survey.least());
        data.put("nodes_mean", survey.nodes());
        data.put("nodes_max", survey.most());
        data.put("edges_mean", survey.edges());
        data.put("outside_budget", survey.outside());
        if (kind.orElseThrow() == SubgraphSampler.Kind.PLATE) {
            data.put("whole", survey.whole());
        }
        data.put("arrays", arrays);
        return data;
    }

    private String name() {
        return kind.orElseThrow().name().toLowerCase(Locale.ROOT);
    }

    List<String> lines(GraphicalModel model, SubgraphSurvey survey) {
        List<ArrayNodes> whole = model.layout().arrays();
        List<SubgraphSurvey.OfArray> arrays = survey.arrays();
        Table table = new Table("array", "nodes kept", "share", "degree", "in the whole graph");
        for (int i = 0; i < arrays.size(); i++) {
            SubgraphSurvey.OfArray array = arrays.get(i);
            table.row(
                    array.name(),
                    number("%,.1f", array.nodes()),
                    number("%.1f %%", 100 * array.nodes() / Math.max(1, whole.get(i).count())),
                    number("%.1f", array.degree()),
                    number("%.1f", GraphCommand.meanDegree(whole.get(i), model.mask())));
        }
        List<String> lines = new ArrayList<>(table.lines());
        lines.add("");
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("subgraphs", number("%,d, by %s", survey.draws(), name()));
        facts.put(
                "nodes",
                number(
                        "%,.1f, %,d to %,d; budget %,d",
                        survey.nodes(), survey.least(), survey.most(), nodes(model)));
        double share = survey.edges() / model.mask().edges();
        facts.put("edges", number("%,.1f, %.2f %% of all", survey.edges(), 100 * share));
        if (kind.orElseThrow() == SubgraphSampler.Kind.PLATE) {
            facts.put(
                    "kept whole",
                    String.join(
                            ", ",
                            survey.whole().entrySet().stream()
                                    .map(plate -> plate.getKey() + " " + plate.getValue())
                                    .toList()));
        }
        lines.addAll(Output.aligned(facts));
        if (survey.outside() > 0) {
            lines.add(
                    number(
                            "%,d of the subgraphs have fewer than half of the budget or more than"
                                    + " all of it: with their plate whole, none lies between",
                            survey.outside()));
        }
        return lines;
    }

    private static String number(String format, Object... numbers) {
        return String.format(Locale.ROOT, format, numbers);
    }
}
