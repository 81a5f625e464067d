package gsdm.bench;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.GroupNorm;
import gsdm.tensor.program.LayerNorm;
import gsdm.tensor.program.Norm;
import gsdm.tensor.program.Shape;
import gsdm.tensor.program.Slot;
import gsdm.tensor.random.RandomStream;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the ops of a benchmark read and write, all of fixed sizes. */
final class Operands {
    private final Block block = new Block("operands", Block.Role.LASTING);
    private final List<Block> blocks = new ArrayList<>(List.of(block));
    private final List<Slot> random = new ArrayList<>();
    private final Map<Slot, MemorySegment> given = new HashMap<>();

    /** Standard normal numbers; as an output, overwritten. */
    Slot floats(int... sizes) {
        Slot slot = declare(DataType.F32, sizes);
        random.add(slot);
        return slot;
    }

    /** A norm of x [B, N, C]: of each node by itself where there are 0 groups. */
    Norm norm(Slot x, Slot out, int groups, boolean silu) {
        int channels = x.shape().last().size();
        Slot gamma = floats(channels);
        Slot beta = floats(channels);
        if (groups == 0) {
            return new LayerNorm(x, gamma, beta, 1e-6f, silu, out);
        }
        Slot statistics = floats(x.shape().dims().getFirst().size(), groups, 2);
        return new GroupNorm(x, gamma, beta, groups, 1e-6f, silu, statistics, out);
    }

    /** These numbers. */
    Slot floats(float[] values) {
        Slot slot = declare(DataType.F32, values.length);
        given.put(slot, MemorySegment.ofArray(values));
        return slot;
    }

    /** These integers. */
    Slot ints(int... values) {
        return ints(MemorySegment.ofArray(values));
    }

    /** These integers. */
    Slot ints(MemorySegment values) {
        Slot slot = declare(DataType.I32, Math.toIntExact(values.byteSize() / DataType.BYTES));
        given.put(slot, values);
        return slot;
    }

    /** A block of its own, of one slot of standard normal numbers. */
    Block randomBlock(String name, int... sizes) {
        Block another = zeroBlock(name, sizes);
        random.addAll(another.slots());
        return another;
    }

    /** A block of its own, of one slot of zeros. */
    Block zeroBlock(String name, int... sizes) {
        Block another = new Block(name, Block.Role.LASTING);
        another.declare("all", DataType.F32, Shape.of(sizes));
        blocks.add(another);
        return another;
    }

    /** Memory for everything declared so far, filled. The caller closes it. */
    Memory allocate(Backend backend) {
        Memory memory = backend.allocate(Extents.NONE, blocks);
        for (int i = 0; i < random.size(); i++) {
            MemorySegment floats = memory.write(random.get(i));
            int count = Math.toIntExact(floats.byteSize() / DataType.BYTES);
            RandomStream.fillNormal(RandomStream.seed(i), 0, floats, 0, count);
        }
        given.forEach((slot, values) -> memory.write(slot).copyFrom(values));
        return memory;
    }

    private Slot declare(DataType type, int... sizes) {
        return block.declare("slot " + block.slots().size(), type, Shape.of(sizes));
    }
}
