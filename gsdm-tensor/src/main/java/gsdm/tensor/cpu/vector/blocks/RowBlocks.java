package gsdm.tensor.cpu.vector.blocks;

/** Cuts the rows of every example into runs of at most {@code most}, none across two examples. */
public record RowBlocks(int most, int examples, int rows) {
    /** Rows of a run where nothing asks for another number: 64 KiB at 128 channels. */
    public static final int ROWS = 128;

    public static final RowBlocks NONE = new RowBlocks(ROWS, 0, 0);

    /** Blocks of these sizes: this object if it has them, so that equal runs allocate nothing. */
    public RowBlocks resized(int newExamples, int newRows) {
        boolean same = examples == newExamples && rows == newRows;
        return same ? this : new RowBlocks(most, newExamples, newRows);
    }

    /** Runs of one example. */
    public int perExample() {
        return Math.ceilDiv(rows, most);
    }

    /** All runs. */
    public int count() {
        return examples * perExample();
    }

    public int example(int block) {
        return block / perExample();
    }

    /** The first row of a run, counted from the start of its example. */
    public int first(int block) {
        return block % perExample() * most;
    }

    /** The row after the last of a run. */
    public int last(int block) {
        return Math.min(rows, first(block) + most);
    }
}
