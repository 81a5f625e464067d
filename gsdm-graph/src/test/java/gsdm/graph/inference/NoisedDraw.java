package gsdm.graph.inference;

import gsdm.graph.gibbs.Chain;
import gsdm.graph.gibbs.Known;
import gsdm.graph.gibbs.Moves;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Scale;
import gsdm.nn.layout.ArrayLayout;
import gsdm.tensor.random.RandomStream;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** A chain at a draw of a model, some of which is observed, the rest noised. */
final class NoisedDraw {
    private static final long KEY = RandomStream.seed(12);

    /** Of chains: not that of draws, which would be alike. */
    static final long SWEEPS = RandomStream.seed(13);

    final GraphicalModel model;
    final float[] values;
    final float[] observed;
    final double signal;
    final double level;
    final Chain chain;
    private final Known known;
    private final Conditioning conditioning;
    private final List<ArrayLayout> arrays;
    private long noise;

    NoisedDraw(GraphicalModel model, double ratio, int draw, String... observedArrays) {
        this(model, ratio, draw, Conditioning.fixed(observedArrays));
    }

    NoisedDraw(GraphicalModel model, double ratio, int draw, Conditioning conditioning) {
        this.model = model;
        this.conditioning = conditioning;
        signal = 1 / Math.hypot(1, ratio);
        level = ratio * signal;
        values = new float[model.nodeCount()];
        observed = new float[model.nodeCount()];
        arrays = Layouts.arrays(model.layout(), Scale.estimate(model, KEY));
        Moves moves = Moves.of(model, Layouts.definitions(model), conditioning);
        known = new Known(arrays);
        chain = new Chain(moves, known);
        draw(draw);
    }

    /** Begins at another draw, noised by other noise. */
    final void draw(int draw) {
        model.sampler().draw(RandomStream.fork(KEY, draw), values);
        conditioning
                .sampler(model)
                .draw(RandomStream.fork(KEY, draw), MemorySegment.ofArray(observed), 0);
        noise = RandomStream.fork(RandomStream.fork(KEY, 99), draw);
        begin();
    }

    final void begin() {
        known.begin(values, MemorySegment.ofArray(observed), 0, noise, signal, level);
        chain.begin(values);
    }

    void sweep(int sweeps) {
        for (int i = 0; i < sweeps; i++) {
            chain.sweep(RandomStream.fork(SWEEPS, i));
        }
    }

    int node(String array, int place) {
        return model.offset(array) + place;
    }

    double drawn(String array, int place) {
        return values[node(array, place)];
    }

    double mean(String array, int place) {
        return drawn(array, place) + chain.shift(node(array, place));
    }

    /** The logarithm of the density of a node's noised value if its own were this. */
    double noised(String array, int place, double value) {
        int a = 0;
        while (!arrays.get(a).name().equals(array)) {
            a++;
        }
        ArrayLayout of = arrays.get(a);
        long key = RandomStream.fork(noise, a);
        if (of.options() > 1) {
            double log = 0;
            for (int o = 0; o < of.options(); o++) {
                double z =
                        signal * (drawn(array, place) == o ? 1 : 0)
                                + level * RandomStream.normal(key, (long) place * of.options() + o);
                double off = (z - signal * (value == o ? 1 : 0)) / level;
                log -= off * off / 2;
            }
            return log;
        }
        double z =
                signal * (drawn(array, place) - of.mean()) / of.std()
                        + level * RandomStream.normal(key, place);
        double off = (z - signal * (value - of.mean()) / of.std()) / level;
        return -off * off / 2;
    }

    /** The logarithm of a normal density, but for what is the same everywhere. */
    static double normal(double x, double mean, double deviation) {
        double off = (x - mean) / deviation;
        return -off * off / 2;
    }
}
