package gsdm.graph.inference;

import gsdm.graph.subgraph.PlateSubgraph;
import gsdm.graph.subgraph.Subgraph;
import gsdm.graph.subgraph.SubgraphSampler;
import gsdm.nn.layout.LayoutBudget;
import gsdm.tensor.random.RandomStream;

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

    private final SubgraphSampler sampler;
    private final SubgraphMaker maker;
    private final int size;
    private final long key;
    private final LayoutBudget room;
    private final int outside;

    /**
     * Draws all of a pool to find how large they are.
     *
     * @param size how many there are; 0 for a fresh one each step
     */
    SubgraphPool(SubgraphSampler sampler, SubgraphMaker maker, int size, long seed) {
        this.sampler = sampler;
        this.maker = maker;
        this.size = size;
        this.key = RandomStream.fork(RandomStream.seed(seed), Keys.SUBGRAPHS);
        LayoutBudget largest = new LayoutBudget(1, 1, 0, 0, 0, 0);
        int count = 0;
        for (int number = 0; number < surveyed(); number++) {
            Subgraph drawn = draw(POOL, number);
            largest = largest.or(maker.room(drawn));
            count += drawn instanceof PlateSubgraph part && !part.fits() ? 1 : 0;
        }
        this.room = largest;
        this.outside = count;
    }

    private Subgraph draw(long label, long number) {
        return sampler.draw(RandomStream.fork(RandomStream.fork(key, label), number));
    }

    /** Room for each of their layouts. */
    LayoutBudget room() {
        return room;
    }

    /** How many were drawn to know that. */
    int surveyed() {
        return size > 0 ? size : SURVEYED;
    }

    /** How many of those have more nodes than the budget, or fewer than half of it. */
    int outside() {
        return outside;
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
            if (room.holds(LayoutBudget.of(made.layout()))) {
                return made;
            }
        }
        throw new IllegalStateException(
                "no subgraph of %d draws fits into %s".formatted(MOST_DRAWS, room));
    }
}
