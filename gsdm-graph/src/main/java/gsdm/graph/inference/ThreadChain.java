package gsdm.graph.inference;

import gsdm.graph.gibbs.Chain;
import gsdm.graph.gibbs.Known;
import gsdm.graph.gibbs.Moves;
import gsdm.nn.layout.VariableLayout;

/**
 * A Gibbs chain that a thread works with.
 *
 * @param values [N] of an example
 * @param known what the chain knows of it
 */
record ThreadChain(float[] values, Known known, Chain chain) {
    /** A chain over examples of a whole model. */
    static ThreadChain of(Moves moves, VariableLayout layout) {
        Known known = new Known(layout.arrays());
        return new ThreadChain(new float[layout.nodes()], known, new Chain(moves, known));
    }
}
