package gsdm.graph.inference;

import gsdm.graph.model.GraphicalModel;
import gsdm.graph.subgraph.PlateSubgraph;
import gsdm.graph.subgraph.Subgraph;
import gsdm.graph.subgraph.SubgraphSampler;
import gsdm.nn.layout.LayoutBudget;
import gsdm.tensor.random.RandomStream;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The subgraphs of a run, a function of model, settings, seed and step: for each step one of a
 * pool, each as likely, or a fresh one. They are keys until somebody makes one.
 *
 * <p>The room they need is known beforehand: of a pool, what its largest ones need; else of as many
 * draws as a usual pool has, and what needs more is drawn again.
 */
final class SubgraphPool {
    private static final long POOL = 0;
    private static final long CHOICE = 1;
    private static final long FRESH = 2;
    private static final int SURVEYED = 1000;
    private static final int MOST_DRAWS = 1000;

    /** Those of models in use: a run's memory is checked before it starts. */
    private static final Map<GraphicalModel, Map<Kind, Survey>> SURVEYS =
            Collections.synchronizedMap(new WeakHashMap<>());

    private final SubgraphSampler sampler;
    private final SubgraphMaker maker;
    private final int size;
    private final long key;
    private final Survey survey;

    /** What decides, for a model, which subgraphs there are and how large their layouts. */
    private record Kind(
            SubgraphSampler.Kind drawn, int budget, int size, long seed, boolean definitions) {}

    /** What the subgraphs need, and how many are not of the size asked for. */
    private record Survey(LayoutBudget room, int outside) {}

    /**
     * The subgraphs of a run: all of a pool are drawn to find how large they are, once for a model
     * in use.
     *
     * @param budget nodes of a subgraph, at most
     */
    SubgraphPool(
            GraphicalModel model,
            SubgraphSampler.Kind kind,
            int budget,
            SubgraphMaker maker,
            RunHeader header) {
        this.sampler = SubgraphSampler.of(kind, model, budget);
        this.maker = maker;
        this.size = header.settings().training().subgraphPool();
        this.key = RandomStream.fork(RandomStream.seed(header.seed()), Keys.SUBGRAPHS);
        boolean definitions = header.settings().model().readsDefinitions();
        this.survey =
                SURVEYS.computeIfAbsent(model, _ -> new ConcurrentHashMap<>())
                        .computeIfAbsent(
                                new Kind(kind, budget, size, header.seed(), definitions),
                                _ -> survey());
    }

    /** Parts that another one holds need no more room than that. */
    private Survey survey() {
        LayoutBudget room = new LayoutBudget(1, 1, 0, 0, 0, 0);
        List<GraphicalModel> largest = new ArrayList<>();
        int outside = 0;
        for (int number = 0; number < surveyed(); number++) {
            Subgraph drawn = draw(POOL, number);
            if (drawn instanceof PlateSubgraph plates) {
                outside += plates.fits() ? 0 : 1;
                GraphicalModel part = plates.part();
                if (largest.stream().anyMatch(part::isWithin)) {
                    continue;
                }
                largest.removeIf(each -> each.isWithin(part));
                largest.add(part);
            }
            room = room.or(maker.room(drawn));
        }
        return new Survey(room, outside);
    }

    private Subgraph draw(long label, long number) {
        return sampler.draw(RandomStream.fork(RandomStream.fork(key, label), number));
    }

    /** Room for each of their layouts. */
    LayoutBudget room() {
        return survey.room;
    }

    /** How many were drawn to know that. */
    int surveyed() {
        return size > 0 ? size : SURVEYED;
    }

    /** How many of those have more nodes than the budget, or fewer than half of it. */
    int outside() {
        return survey.outside;
    }

    /** What a step is of; for one thread at a time. */
    StepData at(long step) {
        return size > 0
                ? maker.make(
                        draw(POOL, RandomStream.below(RandomStream.fork(key, CHOICE), step, size)))
                : fresh(step);
    }

    private StepData fresh(long step) {
        for (int attempt = 0; attempt < MOST_DRAWS; attempt++) {
            StepData made = maker.make(draw(FRESH + attempt, step));
            if (survey.room.holds(LayoutBudget.of(made.layout()))) {
                return made;
            }
        }
        throw new IllegalStateException(
                "no subgraph of %d draws fits into %s".formatted(MOST_DRAWS, survey.room));
    }
}
