package gsdm.tensor.cpu.vector.update;

import static gsdm.tensor.cpu.vector.core.Raw.load;
import static gsdm.tensor.cpu.vector.core.Raw.store;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MovingAverage;
import gsdm.tensor.program.StepState;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;

/** average = decay · average + (1 − decay) · parameters over whole blocks. */
public final class MovingAverageKernel implements Kernel {
    private final long average;
    private final long parameters;
    private final long state;
    private final long bytes;

    public MovingAverageKernel(MovingAverage op, Addresses addresses) {
        average = addresses.segment(op.average()).address();
        bytes = addresses.bytes(op.average());
        parameters = addresses.segment(op.parameters()).address();
        state = addresses.of(op.state());
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {}

    @Override
    public int blocks(int phase) {
        return ParameterBlocks.count(bytes);
    }

    @Override
    public void run(int phase, int block) {
        if (Raw.get(state + 4L * StepState.REFUSED) != 0) {
            return;
        }
        float decay = Raw.get(state + 4L * StepState.EMA_DECAY);
        long at = ParameterBlocks.first(block);
        mix(average + at, parameters + at, decay, ParameterBlocks.floats(block, bytes));
    }

    private static void mix(long average, long parameters, float decay, int count) {
        FloatVector keep = FloatVector.broadcast(Lanes.SPECIES, decay);
        FloatVector share = FloatVector.broadcast(Lanes.SPECIES, 1 - decay);
        for (int i = 0; i < count; i += Lanes.COUNT) {
            long at = 4L * Raw.index(i);
            FloatVector now = load(parameters + at).mul(share);
            store(load(average + at).fma(keep, now), average + at);
        }
    }
}
