package gsdm.graph.model;

/** What one evaluation works on; a sampler has one and uses it again and again. */
final class Frame {
    /** Where kept values go, from {@link #offset} on. */
    float[] values = new float[0];

    int offset;

    /** Values needed on the way, outside the kept indices. */
    final float[] scratch;

    /** The current position of each plate among its indices in the running loops. */
    final int[] positions;

    Frame(int scratch, int plates) {
        this.scratch = new float[scratch];
        this.positions = new int[plates];
    }
}
