package gsdm.tensor.cpu.vector.update;

/** Cuts a whole block of memory, whose size is a multiple of any vector's, into equal pieces. */
final class ParameterBlocks {
    private static final int BYTES = 1 << 16;

    private ParameterBlocks() {}

    static int count(long bytes) {
        return Math.toIntExact(Math.ceilDiv(bytes, (long) BYTES));
    }

    /** Bytes before a piece. */
    static long first(int block) {
        return (long) block * BYTES;
    }

    /** Floats of a piece. */
    static int floats(int block, long bytes) {
        return (int) (Math.min(BYTES, bytes - first(block)) / 4);
    }
}
