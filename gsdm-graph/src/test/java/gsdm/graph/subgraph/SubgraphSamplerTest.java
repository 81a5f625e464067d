package gsdm.graph.subgraph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.graph.model.Array;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;
import gsdm.graph.problem.Problems;
import gsdm.graph.subgraph.SubgraphSampler.Kind;
import gsdm.tensor.random.RandomStream;
import gsdm.tensor.sparse.SparsePattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

class SubgraphSamplerTest {
    /** A few deviations of a chi-squared value: passed by all but one in a million. */
    private static double bound(int freedom) {
        return freedom + 5 * Math.sqrt(2 * freedom) + 15;
    }

    static Stream<GraphicalModel> models() {
        Random random = new Random(5);
        return Stream.concat(
                Stream.of(
                        factorization(9, 13, 4),
                        factorization(40, 40, 4),
                        chain(60),
                        nested(),
                        Problems.named("bnn").build(Map.of()).model()),
                IntStream.range(0, 20).mapToObj(_ -> random(random)));
    }

    private static GraphicalModel factorization(int rows, int cols, int rank) {
        return Problems.named("matrix-factorization")
                .build(Map.of("rows", "" + rows, "cols", "" + cols, "rank", "" + rank))
                .model();
    }

    private static GraphicalModel chain(int length) {
        return GraphicalModel.define(m -> {
            Plate t = m.ordered("t", length);
            Plate step = m.ordered("step", length - 1);
            Array x = m.normal("x", t);
            m.let("d", x.at(step.plus(1)).minus(x.at(step)), step);
        });
    }

    private static GraphicalModel nested() {
        return GraphicalModel.define(m -> {
            Plate school = m.plate("school", 6);
            Plate pupil = m.plate("pupil", 11);
            Plate test = m.plate("test", 3);
            Array all = m.normal("all");
            Array mean = m.normal("mean", school);
            Array own = m.normal("own", school, pupil);
            Array hard = m.normal("hard", test);
            m.let(
                    "mark",
                    all.here().plus(mean.at(school)).plus(own.here()).minus(hard.at(test)),
                    school,
                    pupil,
                    test);
        });
    }

    /** Up to four plates of up to nine indices, and arrays over some of them that read others. */
    private static GraphicalModel random(Random random) {
        return GraphicalModel.define(m -> {
            int count = 1 + random.nextInt(4);
            List<Plate> plates =
                    IntStream.range(0, count)
                            .mapToObj(i -> {
                                int size = 1 + random.nextInt(9);
                                return random.nextBoolean()
                                        ? m.plate("p" + i, size)
                                        : m.ordered("p" + i, size);
                            })
                            .toList();
            for (int i = 0; i < 4; i++) {
                Plate[] axes =
                        plates.stream().filter(_ -> random.nextBoolean()).toArray(Plate[]::new);
                Array a = m.normal("a" + i, axes);
                m.let("b" + i, a.here().tanh(), axes);
            }
            Plate[] all = plates.toArray(Plate[]::new);
            Array c = m.normal("c", all);
            m.let("d", c.here().exp(), all);
        });
    }

    private static long key(long number) {
        return RandomStream.fork(RandomStream.seed(3), number);
    }

    @ParameterizedTest
    @MethodSource("models")
    void aPartOfPlatesKeepsOneWholeAndObeysItsBounds(GraphicalModel model) {
        List<Plate> axes = axes(model);
        for (int budget : budgets(model)) {
            SubgraphSampler sampler = SubgraphSampler.of(Kind.PLATE, model, budget);
            for (int draw = 0; draw < 40; draw++) {
                PlateSubgraph drawn = (PlateSubgraph) sampler.draw(key(draw));
                GraphicalModel part = drawn.part();
                String what = "%s, budget %d, draw %d".formatted(model, budget, draw);
                assertThat(part.size(drawn.whole())).as(what).isEqualTo(model.size(drawn.whole()));
                assertThat(axes).as(what).contains(drawn.whole());
                Map<Plate, int[]> ones = new HashMap<>();
                axes.forEach(plate -> ones.put(plate, new int[] {0}));
                ones.remove(drawn.whole());
                int least = model.restrict(ones).nodeCount();
                if (least > budget) {
                    assertThat(part.nodeCount()).as(what).isEqualTo(least);
                } else if (2L * model.nodeCount() < budget) {
                    assertThat(part.nodeCount()).as(what).isEqualTo(model.nodeCount());
                } else {
                    assertThat(2L * part.nodeCount()).as(what).isGreaterThanOrEqualTo(budget);
                    assertThat(part.nodeCount()).as(what).isLessThanOrEqualTo(budget);
                }
                boolean within = part.nodeCount() <= budget && 2L * part.nodeCount() >= budget;
                assertThat(drawn.fits()).as(what).isEqualTo(within);
            }
        }
    }

    private static List<Plate> axes(GraphicalModel model) {
        return model.variables().stream()
                .flatMap(variable -> variable.array().plates().stream())
                .distinct()
                .toList();
    }

    private static int[] budgets(GraphicalModel model) {
        int all = model.nodeCount();
        return new int[] {1, Math.max(1, all / 20), Math.max(1, all / 4), all, 3 * all};
    }

    @ParameterizedTest
    @MethodSource("models")
    void aPartOfPlatesHasTheEdgesOfTheWholeModelAmongItsNodes(GraphicalModel model) {
        SparsePattern mask = model.mask();
        SubgraphSampler sampler =
                SubgraphSampler.of(Kind.PLATE, model, Math.max(1, model.nodeCount() / 5));
        for (int draw = 0; draw < 5; draw++) {
            PlateSubgraph drawn = (PlateSubgraph) sampler.draw(key(draw));
            int[] nodes = drawn.nodes();
            SparsePattern own = drawn.part().mask();
            for (int row = 0; row < nodes.length; row++) {
                for (int column = 0; column < nodes.length; column++) {
                    assertThat(own.contains(row, column))
                            .isEqualTo(mask.contains(nodes[row], nodes[column]));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyPlateIsKeptWholeEquallyOften(GraphicalModel model) {
        List<Plate> axes = axes(model);
        int draws = 500 * axes.size();
        SubgraphSampler sampler =
                SubgraphSampler.of(Kind.PLATE, model, Math.max(1, model.nodeCount() / 10));
        int[] whole = new int[axes.size()];
        for (int draw = 0; draw < draws; draw++) {
            whole[axes.indexOf(((PlateSubgraph) sampler.draw(key(draw))).whole())]++;
        }
        assertThat(chiSquared(whole)).isLessThan(bound(axes.size() - 1));
    }

    private static double chiSquared(int[] counts) {
        double expected = Arrays.stream(counts).sum() / (double) counts.length;
        return Arrays.stream(counts).mapToDouble(n -> (n - expected) * (n - expected)).sum()
                / expected;
    }

    @Test
    void theIndicesOfAnExchangeablePlateAreAlike() {
        GraphicalModel model = factorization(9, 13, 4);
        SubgraphSampler sampler = SubgraphSampler.of(Kind.PLATE, model, 100);
        int[] kept = new int[13];
        int offset = model.offset("R");
        for (int draw = 0; draw < 4000; draw++) {
            PlateSubgraph drawn = (PlateSubgraph) sampler.draw(key(draw));
            if (!drawn.whole().name().equals("j")) {
                Arrays.stream(drawn.nodes())
                        .filter(node -> node >= offset && node < offset + 13 * 4)
                        .map(node -> (node - offset) / 4)
                        .distinct()
                        .forEach(j -> kept[j]++);
            }
        }
        // Counts of a fixed number without replacement vary less than a chi-squared value would.
        assertThat(chiSquared(kept)).isLessThan(bound(12));
        assertThat(kept[0]).isGreaterThan(100);
    }

    /** The shorter of two runs lies in the longer one, but for rounding at its ends. */
    @Test
    void whatReadsAWindowKeepsIt() {
        SubgraphSampler sampler = SubgraphSampler.of(Kind.PLATE, nestedChain(), 600);
        for (int draw = 0; draw < 200; draw++) {
            GraphicalModel part = ((PlateSubgraph) sampler.draw(key(draw))).part();
            int series = part.shape("d")[0];
            int shorter = Math.min(part.shape("d")[1], part.shape("x")[1]);
            long[] reads = new long[1];
            part.directedEdges().forEach((_, _) -> reads[0]++);
            assertThat(reads[0])
                    .as("draw %d", draw)
                    .isGreaterThanOrEqualTo(2L * (shorter - 2) * series);
        }
    }

    private static GraphicalModel nestedChain() {
        return GraphicalModel.define(m -> {
            Plate series = m.plate("series", 20);
            Plate t = m.ordered("t", 60);
            Plate step = m.ordered("step", 59);
            Array x = m.normal("x", series, t);
            m.let("d", x.at(series, step.plus(1)).minus(x.at(series, step)), series, step);
        });
    }

    @ParameterizedTest
    @MethodSource("models")
    void nodesAreAsManyAsTheBudgetAndEachOnce(GraphicalModel model) {
        for (Kind kind : List.of(Kind.KHOP, Kind.NODE)) {
            for (int budget : budgets(model)) {
                SubgraphSampler sampler = SubgraphSampler.of(kind, model, budget);
                int[] nodes = sampler.draw(key(1)).nodes();
                assertThat(nodes).hasSize(Math.min(budget, model.nodeCount()));
                assertThat(Arrays.stream(nodes).distinct().count()).isEqualTo(nodes.length);
                assertThat(nodes).isSorted();
                assertThat(nodes[0]).isNotNegative();
                assertThat(nodes[nodes.length - 1]).isLessThan(model.nodeCount());
                assertThat(sampler.draw(key(1)).nodes()).isEqualTo(nodes);
            }
        }
    }

    @Test
    void nodesAreDrawnAlike() {
        GraphicalModel model = factorization(9, 13, 4);
        SubgraphSampler sampler = SubgraphSampler.of(Kind.NODE, model, 40);
        int[] drawn = new int[model.nodeCount()];
        for (int draw = 0; draw < 2000; draw++) {
            Arrays.stream(sampler.draw(key(draw)).nodes()).forEach(node -> drawn[node]++);
        }
        assertThat(chiSquared(drawn)).isLessThan(bound(drawn.length - 1));
    }

    /** All nodes nearer to the seed than the farthest one drawn are drawn. */
    @Test
    void hopsAreTakenNearestFirst() {
        GraphicalModel model = factorization(9, 13, 4);
        SparsePattern mask = model.mask();
        SubgraphSampler sampler = SubgraphSampler.of(Kind.KHOP, model, 60);
        for (int draw = 0; draw < 50; draw++) {
            int[] nodes = sampler.draw(key(draw)).nodes();
            boolean found = Arrays.stream(nodes).anyMatch(seed -> isBall(mask, seed, nodes));
            assertThat(found).as("draw %d", draw).isTrue();
        }
    }

    private static boolean isBall(SparsePattern mask, int seed, int[] nodes) {
        int[] distance = new int[mask.rows()];
        Arrays.fill(distance, Integer.MAX_VALUE);
        distance[seed] = 0;
        for (int hop = 0; hop < mask.rows(); hop++) {
            int now = hop;
            mask.forEach((from, to) -> {
                if (distance[from] == now && distance[to] > now + 1) {
                    distance[to] = now + 1;
                }
            });
        }
        boolean[] drawn = new boolean[mask.rows()];
        Arrays.stream(nodes).forEach(node -> drawn[node] = true);
        int farthest = Arrays.stream(nodes).map(node -> distance[node]).max().orElseThrow();
        return IntStream.range(0, drawn.length)
                .allMatch(node -> drawn[node] || distance[node] >= farthest);
    }

    @Test
    void refusesWhatItCannotDrawFrom() {
        GraphicalModel model = factorization(3, 3, 2);
        assertThatThrownBy(() -> SubgraphSampler.of(Kind.NODE, model, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 or more nodes; found 0");
        GraphicalModel part = model.restrict(Map.of(model.plate("i"), new int[] {1}));
        assertThatThrownBy(() -> SubgraphSampler.of(Kind.PLATE, part, 5))
                .hasMessageContaining("plate 'i' keeps 1 of 3 indices");
        GraphicalModel single = GraphicalModel.define(m -> m.let("y", m.normal("x").here().exp()));
        assertThatThrownBy(() -> SubgraphSampler.of(Kind.PLATE, single, 5))
                .hasMessageContaining("no array of the model has a plate");
    }
}
