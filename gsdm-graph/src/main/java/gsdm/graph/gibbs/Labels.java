package gsdm.graph.gibbs;

/**
 * The roots of a categorical array, and what lies beside them.
 *
 * @param roots their numbers among the roots that move
 * @param lines the numbers of normal roots that a node depends on which depends on one of them
 */
record Labels(int[] roots, int[] lines) {}
