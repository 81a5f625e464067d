package gsdm.tensor.cpu.vector.elementwise;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.core.Pointwise;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.Add;
import gsdm.tensor.program.Copy;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Slot;

import java.lang.foreign.MemorySegment;

/** out = a + b, or a copy of a where there is no b. */
public final class AddKernel implements Kernel {
    private static final int BLOCK = 16_384;

    private final Slot shape;
    private final long a;
    private final long b;
    private final long out;
    private long size;

    private AddKernel(Slot a, Slot b, Slot out, Addresses addresses) {
        this.shape = out;
        this.a = addresses.of(a);
        this.b = b.present() ? addresses.of(b) : 0;
        this.out = addresses.of(out);
    }

    public static AddKernel sum(Add op, Addresses addresses) {
        return new AddKernel(op.a(), op.b(), op.out(), addresses);
    }

    public static AddKernel copy(Copy op, Addresses addresses) {
        return new AddKernel(op.x(), Slot.NONE, op.out(), addresses);
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        size = shape.shape().size(extents);
    }

    @Override
    public int blocks(int phase) {
        return Math.toIntExact(Math.ceilDiv(size, (long) BLOCK));
    }

    @Override
    public void run(int phase, int block) {
        long at = 4L * block * BLOCK;
        int count = (int) Math.min(BLOCK, size - (long) block * BLOCK);
        if (b == 0) {
            Raw.copy(a + at, out + at, 4L * count);
        } else {
            Pointwise.add(a + at, b + at, out + at, count);
        }
    }
}
