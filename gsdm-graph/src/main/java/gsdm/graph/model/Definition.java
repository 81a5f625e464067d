package gsdm.graph.model;

import java.util.List;

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
}
