package gsdm.tensor.cpu.vector.update;

import static gsdm.tensor.cpu.vector.core.Raw.load;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.SquaredNorm;
import gsdm.tensor.program.StepState;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;

/** The sum of the squares of a block, and whether that and all losses are finite. */
public final class SquaredNormKernel implements Kernel {
    private static final int EXPONENT = 0x7f80_0000;

    private final long gradients;
    private final long bytes;
    private final long losses; // [A]
    private final int arrays; // A
    private final long state;
    private long partials; // [blocks, a vector]

    public SquaredNormKernel(SquaredNorm op, Addresses addresses) {
        gradients = addresses.segment(op.gradients()).address();
        bytes = addresses.bytes(op.gradients());
        arrays = op.losses().present() ? op.losses().shape().dims().getFirst().size() : 0;
        losses = arrays == 0 ? 0 : addresses.of(op.losses());
        state = addresses.of(op.state());
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        return (long) blocks(0) * Lanes.BYTES;
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        partials = workspace.address();
    }

    @Override
    public int phases() {
        return 2;
    }

    @Override
    public int blocks(int phase) {
        return phase == 0 ? ParameterBlocks.count(bytes) : 1;
    }

    @Override
    public void run(int phase, int block) {
        if (phase == 0) {
            long first = ParameterBlocks.first(block);
            int count = ParameterBlocks.floats(block, bytes);
            squares(gradients + first, count, partials + (long) block * Lanes.BYTES);
            return;
        }
        double sum = 0;
        for (int i = 0; i < blocks(0) * Lanes.COUNT; i++) {
            sum += Raw.get(partials + 4L * i);
        }
        float norm = (float) sum;
        boolean finite = isFinite(norm);
        for (int a = 0; a < arrays; a++) {
            finite &= isFinite(Raw.get(losses + 4L * a));
        }
        Raw.put(state + 4L * StepState.SQUARED_NORM, norm);
        Raw.put(state + 4L * StepState.REFUSED, finite ? 0 : 1);
    }

    private static boolean isFinite(float value) {
        return (Float.floatToRawIntBits(value) & EXPONENT) != EXPONENT;
    }

    private static void squares(long from, int count, long to) {
        FloatVector sums = FloatVector.zero(Lanes.SPECIES);
        for (int i = 0; i < count; i += Lanes.COUNT) {
            FloatVector value = load(from + 4L * Raw.index(i));
            sums = value.fma(value, sums);
        }
        Raw.store(sums, to);
    }
}
