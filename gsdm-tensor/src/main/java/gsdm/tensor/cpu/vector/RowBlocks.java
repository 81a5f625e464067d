package gsdm.tensor.cpu.vector;

/** Cuts the rows of every example into runs of at most {@code most}, none across two examples. */
record RowBlocks(int most, int examples, int rows) {
    /** Rows of a run where nothing asks for another number: 64 KiB at 128 channels. */
    static final int ROWS = 128;

    static final RowBlocks NONE = new RowBlocks(ROWS, 0, 0);

    /** Blocks of these sizes: this object if it has them, so that equal runs allocate nothing. */
    RowBlocks resized(int newExamples, int newRows) {
        boolean same = examples == newExamples && rows == newRows;
        return same ? this : new RowBlocks(most, newExamples, newRows);
    }

    /** Runs of one example. */
    int perExample() {
        return Math.ceilDiv(rows, most);
    }

    /** All runs. */
    int count() {
        return examples * perExample();
    }

    int example(int block) {
        return block / perExample();
    }

    /** The first row of a run, counted from the start of its example. */
    int first(int block) {
        return block % perExample() * most;
    }

    /** The row after the last of a run. */
    int last(int block) {
        return Math.min(rows, first(block) + most);
    }
}
