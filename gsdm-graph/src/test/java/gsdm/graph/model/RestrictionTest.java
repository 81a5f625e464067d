package gsdm.graph.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A restricted model is the whole one with nodes left out, and nothing else. */
class RestrictionTest {
    private static final long KEY = RandomStream.seed(11);

    @Test
    void factorization() {
        check(Examples.factorization(9, 13, 5), 1);
    }

    @Test
    void convolution() {
        check(Examples.convolution(), 2);
    }

    @Test
    void operations() {
        check(Examples.operations(), 3);
    }

    @Test
    void restrictingTwiceIsRestrictingOnce() {
        GraphicalModel model = Examples.factorization(9, 13, 5);
        GraphicalModel twice =
                model.restrict(Map.of(model.plate("i"), new int[] {8, 2, 3}))
                        .restrict(Map.of(model.plate("k"), new int[] {1, 4}));
        assertThat(twice.nodeCount()).isEqualTo(3 * 2 + 13 * 2 + 3 * 13 * 2 + 3 * 13);
        checkAgainst(model, twice, "twice");
    }

    @Test
    void droppedProductsAreNotStored() {
        GraphicalModel model =
                Examples.factorization(2, 2, 2).at(Map.of("i", 500, "j", 500, "k", 10));
        GraphicalModel part =
                model.restrict(
                        Map.of(
                                model.plate("i"), new int[] {3, 4},
                                model.plate("j"), new int[] {499},
                                model.plate("k"), new int[] {0}));
        Planner planner = new Planner(part);
        assertThat(planner.scratch()).isEqualTo(2 * 10 + 10);
        assertThatThrownBy(() -> part.sampler().derive(new float[part.nodeCount()], 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesIndicesThatAreNotThere() {
        GraphicalModel model = Examples.factorization(3, 3, 2);
        Plate i = model.plate("i");
        assertThatThrownBy(() -> model.restrict(Map.of(i, new int[] {3})))
                .hasMessageContaining("plate 'i' has size 3, but index 3");
        assertThatThrownBy(() -> model.restrict(Map.of(i, new int[] {1, 1})))
                .hasMessageContaining("kept twice");
        assertThatThrownBy(() -> model.restrict(Map.of(i, new int[0])))
                .hasMessageContaining("keep no index");
        Plate other = Examples.factorization(3, 3, 2).plate("i");
        assertThatThrownBy(() -> model.restrict(Map.of(other, new int[] {1})))
                .hasMessageContaining("another model");
    }

    private static void check(GraphicalModel model, long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 30; round++) {
            Map<Plate, int[]> kept = new HashMap<>();
            for (Plate plate : model.plates()) {
                if (random.nextBoolean()) {
                    int keep = 1 + random.nextInt(model.fullSize(plate));
                    int[] all =
                            random.ints(0, model.fullSize(plate)).distinct().limit(keep).toArray();
                    kept.put(plate, all);
                }
            }
            checkAgainst(model, model.restrict(kept), "seed %d round %d".formatted(seed, round));
        }
    }

    private static void checkAgainst(GraphicalModel whole, GraphicalModel part, String what) {
        int[] own = part.layout().ownIndices();
        float[] all = new float[whole.nodeCount()];
        whole.sampler().draw(KEY, all);
        float[] some = new float[part.nodeCount()];
        part.sampler().draw(KEY, some);
        float[] expected = new float[own.length];
        int[] groups = new int[own.length];
        int[] allGroups = whole.layout().groups();
        Map<Integer, Integer> nodes = new HashMap<>();
        for (int node = 0; node < own.length; node++) {
            expected[node] = all[own[node]];
            groups[node] = allGroups[own[node]];
            nodes.put(own[node], node);
        }
        assertThat(some).as(what).isEqualTo(expected);
        assertThat(part.layout().groups()).as(what).isEqualTo(groups);
        assertThat(part.layout().groupCount()).isEqualTo(whole.layout().groupCount());

        Set<Long> induced = new HashSet<>();
        whole.directedEdges()
                .forEach((from, to) -> {
                    if (nodes.containsKey(from) && nodes.containsKey(to)) {
                        induced.add(nodes.get(from) * 1_000_000L + nodes.get(to));
                    }
                });
        Set<Long> edges = new HashSet<>();
        part.directedEdges().forEach((from, to) -> edges.add(from * 1_000_000L + to));
        assertThat(edges).as(what).isEqualTo(induced);
        assertThat(Arrays.stream(own).distinct().count()).as(what).isEqualTo(own.length);
    }
}
