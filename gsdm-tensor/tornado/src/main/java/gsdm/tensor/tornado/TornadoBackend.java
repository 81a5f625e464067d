package gsdm.tensor.tornado;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.backend.Peaks;
import gsdm.tensor.backend.Traffic;
import gsdm.tensor.cpu.WorkerPool;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Program;

import uk.ac.manchester.tornado.api.common.TornadoDevice;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntConsumer;

/** Programs as task graphs of TornadoVM on one of its devices. */
final class TornadoBackend implements Backend {
    /** The name it is asked for by. */
    static final String NAME = "tornado";

    private final TornadoDevices.Numbered numbered;
    private final WorkerPool pool; // for what the host does
    private final Object device = new Object();
    private final Ledger ledger = new Ledger();

    TornadoBackend(TornadoDevices.Numbered numbered, int threads) {
        this.numbered = numbered;
        this.pool = new WorkerPool(threads);
    }

    TornadoDevice tornadoDevice() {
        return numbered.device();
    }

    /** Held by whoever makes the device work. */
    Object device() {
        return device;
    }

    /** Where what the device is asked for is counted. */
    Ledger ledger() {
        return ledger;
    }

    /**
     * Fails unless there are threads to run on.
     *
     * @throws IllegalStateException if this is closed
     */
    void requireOpen() {
        pool.requireOpen();
    }

    /** The most work items of a group. */
    long mostItems() {
        return tornadoDevice().getDeviceMaxWorkgroupDimensions()[0];
    }

    @Override
    public OptionalLong memory() {
        return OptionalLong.of(tornadoDevice().getMaxGlobalMemory());
    }

    @Override
    public Optional<Peaks> peaks() {
        synchronized (device) {
            return Optional.of(DevicePeaks.measure(this));
        }
    }

    @Override
    public Traffic traffic() {
        synchronized (device) {
            return ledger.traffic();
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return NAME + " (" + numbered + ")";
    }

    @Override
    public int threads() {
        return pool.threads();
    }

    @Override
    public Memory allocate(Extents reserve, List<Block> blocks, Memory... parents) {
        pool.requireOpen();
        return new DeviceMemory(
                this, reserve, blocks, Arrays.stream(parents).map(TornadoBackend::own).toList());
    }

    @Override
    public Executable compile(Program program, Memory memory, Extents reserve) {
        pool.requireOpen();
        return new DeviceExecutable(this, program, own(memory), reserve);
    }

    private static DeviceMemory own(Memory memory) {
        if (memory instanceof DeviceMemory own) {
            return own;
        }
        throw new IllegalArgumentException(
                "backend %s works on memory that it allocated itself; found %s"
                        .formatted(NAME, memory.getClass().getName()));
    }

    @Override
    public long estimate(Block block, Extents reserve) {
        return DeviceBlock.bytes(block, reserve);
    }

    @Override
    public long estimate(Program program, Extents reserve) {
        return LoweredProgram.unbound(program, reserve, largestPiece()).bytes();
    }

    /** Arrays are indexed by integers. */
    @Override
    public long largestPiece() {
        long indexed = ((long) Integer.MAX_VALUE - Lowering.GROUP) * DataType.BYTES;
        return Math.min(indexed, tornadoDevice().getMaxAllocMemory());
    }

    @Override
    public void share(int tasks, IntConsumer task) {
        pool.share(tasks, task);
    }

    @Override
    public String toString() {
        return description();
    }

    @Override
    public void close() {
        pool.close();
    }
}
