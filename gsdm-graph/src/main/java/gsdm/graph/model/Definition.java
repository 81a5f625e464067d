package gsdm.graph.model;

import java.util.List;
import java.util.stream.Stream;

/** A model as written, over plates: nothing in it depends on their sizes. */
record Definition(List<Plate> plates, List<Variable> variables, List<Link> links) {
    Definition {
        plates = List.copyOf(plates);
        variables = List.copyOf(variables);
        links = List.copyOf(links);
    }

    /** An undirected tie between what two reads touch, for each index of the plates of either. */
    record Link(Expr.Read from, Expr.Read to) {
        @Override
        public String toString() {
            return from + " -- " + to;
        }
    }

    /**
     * Whether a graph depends on how many indices of an exchangeable plate are kept alone: each of
     * its axes is read at its own index, and no other axis is read at it.
     */
    boolean countsAlone(Plate plate) {
        Stream<Expr.Read> derived =
                variables.stream()
                        .filter(each -> each.origin() instanceof Origin.Derived)
                        .flatMap(each -> ((Origin.Derived) each.origin()).expr().reads().stream());
        Stream<Expr.Read> linked = links.stream().flatMap(link -> Stream.of(link.from, link.to));
        return !plate.ordered()
                && Stream.concat(derived, linked).allMatch(read -> readsInPlace(read, plate));
    }

    private static boolean readsInPlace(Expr.Read read, Plate plate) {
        for (int axis = 0; axis < read.indices().size(); axis++) {
            Affine index = read.indices().get(axis);
            boolean own = read.array().plates().get(axis) == plate;
            boolean moved = index.terms().stream().anyMatch(term -> term.plate() == plate);
            if ((own || moved) && !(own && moved && index.plain())) {
                return false;
            }
        }
        return true;
    }
}
