package gsdm.graph.inference;

import gsdm.graph.model.Array;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;

/**
 * Points of two kinds, each near a mean of its own, and a mood that shifts all of them by a little.
 */
final class Mixture {
    static final int POINTS = 4;

    /** The distance of the means. */
    static final double APART = 6;

    /**
     * In node order: {@code noise[4]}, {@code x[4]}, the binary {@code kind[4]}, and {@code mood[]}
     * of three categories: N = 13 nodes of X = 4 + 4 + 8 + 3 = 19 values.
     */
    static final GraphicalModel MODEL =
            GraphicalModel.define(m -> {
                Plate i = m.plate("i", POINTS);
                Array mood = m.categorical("mood", 3);
                Array kind = m.categorical("kind", 2, i);
                Array noise = m.normal("noise", i);
                m.let(
                        "x",
                        kind.at(i)
                                .times(APART)
                                .minus(APART / 2)
                                .plus(noise.at(i))
                                .plus(mood.here().minus(1).times(0.5)),
                        i);
            });

    private Mixture() {}
}
