package gsdm.graph.subgraph;

import gsdm.graph.model.Affine;
import gsdm.graph.model.Expr;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Origin;
import gsdm.graph.model.Plate;
import gsdm.graph.model.Variable;
import gsdm.tensor.random.RandomStream;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Plate sampling (Weilbach, Harvey, Wood 2023): a plate drawn uniformly is kept whole, and of the
 * others so many indices that the part has between half of the budget and the budget of nodes; or
 * the nearest number, where there is no such choice.
 *
 * <p>There is one whenever the smallest part is within the budget and the largest reaches half of
 * it: one index more of a plate at most doubles the nodes, so no way from the one to the other
 * leaps over the interval. Sizes are drawn plate by plate in random order, each uniformly among
 * those from which the interval can still be reached.
 *
 * <p>Of an exchangeable plate any indices are kept. Of an ordered one, whose neighbours are read
 * together, a run of them; plates whose indices read one another, as a window reads an image, are
 * cut at the same relative place.
 */
final class PlateSampler implements SubgraphSampler {
    private static final long WHOLE = 0;
    private static final long ORDER = 1;
    private static final long SIZES = 2;
    private static final long PLACES = 3;
    private static final long INDICES = 4;

    private final GraphicalModel model;
    private final int budget;
    private final List<Plate> plates; // that are axes of some array
    private final int[] full; // sizes of these plates
    private final int[][] arrays; // the plates of each array, as numbers in that list
    private final int[] places; // plates of one number are cut at one relative place

    PlateSampler(GraphicalModel model, int budget) {
        this.model = model;
        this.budget = budget;
        List<Variable> variables = model.variables();
        plates =
                model.plates().stream()
                        .filter(plate ->
                                variables.stream()
                                        .anyMatch(each -> each.array().plates().contains(plate)))
                        .toList();
        if (plates.isEmpty()) {
            throw new IllegalArgumentException("no array of the model has a plate to sample");
        }
        full = plates.stream().mapToInt(model::fullSize).toArray();
        arrays =
                variables.stream()
                        .map(each -> each.array().plates())
                        .map(axes -> axes.stream().mapToInt(plates::indexOf).toArray())
                        .toArray(int[][]::new);
        places = new int[plates.size()];
        Arrays.setAll(places, plate -> plate);
        for (Variable variable : variables) {
            if (variable.origin() instanceof Origin.Derived derived) {
                derived.expr().reads().forEach(this::align);
            }
        }
    }

    /** Axes that are read at moving indices move with the plate that moves them furthest. */
    private void align(Expr.Read read) {
        for (int axis = 0; axis < read.indices().size(); axis++) {
            Plate plate = read.array().plates().get(axis);
            read.indices().get(axis).terms().stream()
                    .filter(term -> plates.contains(term.plate()))
                    .max(Comparator.comparingLong(this::reach))
                    .filter(term -> term.factor() > 0)
                    .ifPresent(term -> join(plates.indexOf(plate), plates.indexOf(term.plate())));
        }
    }

    private long reach(Affine.Term term) {
        return Math.abs((long) term.factor()) * (model.fullSize(term.plate()) - 1);
    }

    private void join(int one, int other) {
        int from = places[other];
        int to = places[one];
        for (int plate = 0; plate < places.length; plate++) {
            if (places[plate] == from) {
                places[plate] = to;
            }
        }
    }

    @Override
    public PlateSubgraph draw(long key) {
        int whole = RandomStream.below(RandomStream.fork(key, WHOLE), 0, plates.size());
        int[] sizes = sizes(key, whole);
        Map<Plate, int[]> kept = new HashMap<>();
        for (int plate = 0; plate < sizes.length; plate++) {
            if (sizes[plate] < full[plate]) {
                kept.put(plates.get(plate), indices(key, plate, sizes[plate]));
            }
        }
        GraphicalModel part = kept.isEmpty() ? model : model.restrict(kept);
        boolean fits = part.nodeCount() <= budget && 2L * part.nodeCount() >= budget;
        return new PlateSubgraph(part, plates.get(whole), fits);
    }

    private int[] sizes(long key, int whole) {
        int[] least = new int[full.length];
        Arrays.fill(least, 1);
        int[] most = full.clone();
        least[whole] = full[whole];
        for (int plate : Choices.shuffled(RandomStream.fork(key, ORDER), full.length)) {
            if (plate != whole) {
                int size = size(RandomStream.fork(key, SIZES), plate, least, most);
                least[plate] = size;
                most[plate] = size;
            }
        }
        return least;
    }

    /** A size from which the others can still reach the interval. */
    private int size(long key, int plate, int[] least, int[] most) {
        int end = full[plate] + 1;
        int smallest = first(1, end - 1, s -> 2 * nodes(most, plate, s) >= budget);
        int tooLarge = first(smallest + 1, end, s -> nodes(least, plate, s) > budget);
        return smallest + RandomStream.below(key, plate, tooLarge - smallest);
    }

    /** The first number from {@code low} on that passes, as all after it do; or {@code end}. */
    private static int first(int low, int end, IntPredicate passes) {
        int from = low;
        int to = end;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (passes.test(middle)) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        return from;
    }

    /** Nodes of the model with these sizes, but for one plate's. */
    private long nodes(int[] sizes, int plate, int size) {
        long nodes = 0;
        for (int[] array : arrays) {
            long count = 1;
            for (int axis : array) {
                count *= axis == plate ? size : sizes[axis];
            }
            nodes += count;
        }
        return nodes;
    }

    private int[] indices(long key, int plate, int size) {
        if (!plates.get(plate).ordered()) {
            long own = RandomStream.fork(RandomStream.fork(key, INDICES), plate);
            return Choices.some(own, size, full[plate]);
        }
        double place = RandomStream.uniformDouble(RandomStream.fork(key, PLACES), places[plate]);
        int first = (int) (place * (full[plate] - size + 1));
        int[] run = new int[size];
        Arrays.setAll(run, i -> first + i);
        return run;
    }
}
