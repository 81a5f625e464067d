package gsdm.tensor.cpu.vector.update;

import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MemoryPlan;

import java.util.ArrayList;
import java.util.List;

/**
 * A piece of some slots of a block, whole vectors.
 *
 * @param first bytes before it in the block
 * @param floats its length
 */
record SlotPiece(long first, int floats) {
    /** Cuts slots into pieces, those next to each other as if they were one. */
    static SlotPiece[] of(Block block, List<Integer> indices) {
        MemoryPlan plan = MemoryPlan.sequential(block, Extents.NONE);
        List<SlotPiece> pieces = new ArrayList<>();
        long start = 0;
        long end = 0;
        for (int index : indices) {
            long first = start(plan, block, index);
            if (first != end) {
                cut(start, end, pieces);
                start = first;
            }
            end = start(plan, block, index + 1);
        }
        cut(start, end, pieces);
        return pieces.toArray(SlotPiece[]::new);
    }

    /** Where a slot starts, or the block ends: what lies between two slots belongs to the first. */
    private static long start(MemoryPlan plan, Block block, int index) {
        return index < block.slots().size()
                ? plan.place(block.slots().get(index)).offset()
                : plan.bytes();
    }

    private static void cut(long start, long end, List<SlotPiece> pieces) {
        for (int piece = 0; piece < ParameterBlocks.count(end - start); piece++) {
            pieces.add(
                    new SlotPiece(
                            start + ParameterBlocks.first(piece),
                            ParameterBlocks.floats(piece, end - start)));
        }
    }
}
