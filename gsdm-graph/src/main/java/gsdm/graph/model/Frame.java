package gsdm.graph.model;

/** What one evaluation works on; a sampler has one and uses it again and again. */
final class Frame {
    /** Where kept values go, from {@link #offset} on. */
    float[] values = new float[0];

    int offset;

    /** Values needed on the way, outside the kept indices. */
    final float[] scratch;

    /**
     * Whether a NaN stands for a value that is not known, of which nothing but zero times it is.
     */
    final boolean unknowns;

    /** The current position of each plate among its indices in the running loops. */
    final int[] positions;

    Frame(int scratch, int plates, boolean unknowns) {
        this.scratch = new float[scratch];
        this.unknowns = unknowns;
        this.positions = new int[plates];
    }
}
