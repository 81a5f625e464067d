package gsdm.graph.inference;

import gsdm.nn.diffusion.Streams;

/** Labels of this package's random streams, after those of gsdm-nn. Never renumber: runs resume. */
final class Keys {
    static final long VALUES = Streams.DATA;
    static final long OBSERVATIONS = Streams.DATA + 1;
    static final long SCALES = Streams.DATA + 2;
    static final long EVALUATION = Streams.DATA + 3;
    static final long METRIC = Streams.DATA + 4;
    static final long SUBGRAPHS = Streams.DATA + 5;
    static final long SWEEPS = Streams.DATA + 6;
    static final long SAMPLED_SWEEPS = Streams.DATA + 7;

    private Keys() {}
}
