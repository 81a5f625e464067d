package gsdm.tensor.tornado;

import gsdm.tensor.program.Block;
import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MemoryPlan;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.Slot;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * A program as kernels over arrays: first without any, which tells how much memory it takes, then
 * bound to those of blocks and to temporaries of its own.
 */
final class LoweredProgram implements Lowering {
    /** A task graph's table of tasks holds as much, each task 15 and 5 for each argument. */
    private static final int PER_TASK = 15;

    private static final int PER_ARGUMENT = 5;

    /** What is left of a table beside the task that counts runs, of two arguments. */
    private static final int TABLE = 8192 - (PER_TASK + 2 * PER_ARGUMENT);

    private static final int MOST_ARGUMENTS = 20;

    /** Floats that the start of a temporary is a multiple of. */
    private static final int ALIGNMENT = (int) (MemoryPlan.ALIGNMENT / DataType.BYTES);

    /** Waiting sums are put together before the next op when there are more floats of them. */
    private static final long MOST_KEPT = 1 << 24;

    /** A kernel, and how many work items it takes at the sizes of a run. */
    private record Launch(
            String name,
            int parameters,
            ToLongFunction<Extents> items,
            int group,
            WorkerGrid grid,
            Task task) {}

    /** A sum that waits for others, to be launched with them, and what it writes. */
    private record Waiting(ColumnSumTasks.Merge merge, Slot out) {}

    private final Program program;
    private final Extents reserve;
    private final MemoryPlan plan;
    private final KernelContext context = new KernelContext();
    private final List<Launch> launches = new ArrayList<>();
    private final List<ToIntFunction<Extents>> numbers = new ArrayList<>();
    private final Map<Block, DeviceBlock> blocks = new HashMap<>();
    private final Set<DeviceBlock> written = new LinkedHashSet<>();
    private Function<Block, DeviceBlock> memory = _ -> null;
    private OwnPages pages; // null: nothing is allocated
    private List<FloatArray> scratch = List.of();
    private FloatArray shared; // what ops work in, one after the other
    private FloatArray partials; // what waiting sums are of
    private final List<Waiting> waiting = new ArrayList<>();
    private IntArray sizes;
    private final List<IntArray> places = new ArrayList<>(); // of the graph that is being made
    private long worked; // floats of the present op
    private long mostWorked;
    private final long mayKeep; // floats, before sums are put together
    private long kept; // floats since sums were last put together
    private long mostKept;

    private LoweredProgram(Program program, Extents reserve, long largestPiece) {
        this.program = program.inParts();
        this.reserve = reserve;
        this.plan = MemoryPlan.scratch(this.program, reserve, largestPiece);
        this.mayKeep = Math.min(MOST_KEPT, largestPiece / DataType.BYTES / 2);
    }

    /** What it will take, with nothing allocated. */
    static LoweredProgram unbound(Program program, Extents reserve, long largestPiece) {
        LoweredProgram lowered = new LoweredProgram(program, reserve, largestPiece);
        lowered.lower();
        lowered.requireFits(largestPiece);
        return lowered;
    }

    /**
     * Bound to the arrays of blocks.
     *
     * @param arena keeps the host's side of its temporaries
     * @param pages keeps its numbers and places
     */
    static LoweredProgram bound(
            Program program,
            Extents reserve,
            long largestPiece,
            Function<Block, DeviceBlock> memory,
            Arena arena,
            OwnPages pages) {
        LoweredProgram counted = unbound(program, reserve, largestPiece);
        LoweredProgram lowered = new LoweredProgram(program, reserve, largestPiece);
        lowered.memory = memory;
        lowered.scratch =
                counted.plan.pieces().stream()
                        .map(bytes -> device(bytes / DataType.BYTES, arena))
                        .toList();
        lowered.shared = device(counted.mostWorked, arena);
        lowered.partials = device(counted.mostKept, arena);
        lowered.pages = pages;
        lowered.sizes = pages.ints(Math.max(1, counted.numbers.size()));
        lowered.lower();
        lowered.findWritten();
        return lowered;
    }

    /** An array that only the device has; at least {@link #ALIGNMENT} floats. */
    static FloatArray device(long floats, Arena arena) {
        long header = TornadoNativeArray.ARRAY_HEADER;
        long bytes = header + Math.max(floats, ALIGNMENT) * DataType.BYTES;
        return FloatArray.fromSegmentShallow(SparseMemory.allocate(bytes, arena));
    }

    private void lower() {
        for (Op op : program.ops()) {
            if (kept > mayKeep || waiting.stream().anyMatch(sum -> touches(op, sum.out))) {
                mergeWaiting();
            }
            worked = 0;
            OpTasks.lower(op, this);
            mostWorked = Math.max(mostWorked, worked);
            mostKept = Math.max(mostKept, kept);
        }
        mergeWaiting();
    }

    private static boolean touches(Op op, Slot slot) {
        return op.inputs().contains(slot)
                || op.outputs().contains(slot)
                || op.blocksRead().contains(slot.block())
                || op.blocksWritten().contains(slot.block());
    }

    /** Launches what waits, at once what goes to one array (all, while there are none). */
    private void mergeWaiting() {
        Map<FloatArray, List<ColumnSumTasks.Merge>> byArray = new LinkedHashMap<>();
        for (Waiting sum : waiting) {
            byArray.computeIfAbsent(sum.merge.out().array(), _ -> new ArrayList<>()).add(sum.merge);
        }
        byArray.values().forEach(merges -> ColumnSumTasks.lower(merges, this));
        waiting.clear();
        kept = 0;
    }

    private void requireFits(long largestPiece) {
        long most = Math.max(mostWorked, mostKept) * DataType.BYTES;
        if (most > largestPiece) {
            throw new IllegalArgumentException(
                    "program %s works in %d bytes, of which the device allocates at most %d at a time"
                            .formatted(program.name(), most, largestPiece));
        }
    }

    Program program() {
        return program;
    }

    Extents reserve() {
        return reserve;
    }

    /** Bytes of temporaries, of the device alone. */
    long bytes() {
        return plan.bytes() + (mostWorked + mostKept + numbers.size()) * DataType.BYTES;
    }

    /** Arrays that only the device has. */
    List<FloatArray> temporaries() {
        List<FloatArray> all = new ArrayList<>(scratch);
        all.add(shared);
        all.add(partials);
        return all;
    }

    /** The blocks that its ops name. */
    Collection<DeviceBlock> blocks() {
        return blocks.values();
    }

    /** The blocks that a run writes. */
    Set<DeviceBlock> written() {
        return written;
    }

    private void findWritten() {
        for (Op op : program.ops()) {
            for (Slot slot : op.outputs()) {
                if (slot.block() != program.scratch()) {
                    written.add(block(slot.block()));
                }
            }
            op.blocksWritten().forEach(block -> written.add(block(block)));
        }
    }

    /** Fails if a slot outside of the temporaries is larger at the reserve than its memory. */
    void requireMemory() {
        for (Op op : program.ops()) {
            for (List<Slot> slots : List.of(op.inputs(), op.outputs())) {
                for (Slot slot : slots) {
                    if (slot.block() != program.scratch()) {
                        block(slot.block()).requireHolds(slot, reserve);
                    }
                }
            }
        }
    }

    /**
     * Fails if a kernel has larger groups than the device.
     *
     * @throws IllegalArgumentException if so
     */
    void requireGroups(long most) {
        for (Launch launch : launches) {
            if (launch.group > most) {
                throw new IllegalArgumentException(
                        "%s takes groups of %d work items, the device %d: lower model.channels"
                                .formatted(launch.name, launch.group, most));
            }
        }
    }

    /**
     * Its kernels as task graphs, each as long as a table of tasks permits.
     *
     * @param start makes the graph of that number
     * @param grids takes the grid of each kernel, by its full name
     */
    List<TaskGraph> graphs(Function<Integer, TaskGraph> start, Map<String, WorkerGrid> grids) {
        List<TaskGraph> graphs = new ArrayList<>();
        int left = 0;
        for (int i = 0; i < launches.size(); i++) {
            Launch launch = launches.get(i);
            int entry = PER_TASK + PER_ARGUMENT * launch.parameters;
            if (left < entry) {
                uploadPlaces(graphs);
                graphs.add(start.apply(graphs.size()));
                left = TABLE;
            }
            left -= entry;
            TaskGraph graph = graphs.getLast();
            String id = launch.name + i;
            launch.task.addTo(graph, id);
            grids.put(graph.getTaskGraphName() + "." + id, launch.grid);
        }
        uploadPlaces(graphs);
        return graphs;
    }

    /** Places never change: they are uploaded once. */
    private void uploadPlaces(List<TaskGraph> graphs) {
        if (!places.isEmpty()) {
            graphs.getLast().transferToDevice(DataTransferMode.FIRST_EXECUTION, places.toArray());
            places.clear();
        }
    }

    /** Takes the sizes of the coming run; whether the numbers are others than before. */
    boolean prepare(Extents extents) {
        boolean changed = false;
        for (int i = 0; i < numbers.size(); i++) {
            int number = numbers.get(i).applyAsInt(extents);
            changed |= number != sizes.get(i);
            sizes.set(i, number);
        }
        for (Launch launch : launches) {
            long groups =
                    Math.max(1, Math.ceilDiv(launch.items.applyAsLong(extents), launch.group));
            launch.grid.setGlobalWork(groups * launch.group, 1, 1);
        }
        return changed;
    }

    @Override
    public KernelContext context() {
        return context;
    }

    @Override
    public IntArray sizes() {
        return sizes;
    }

    @SafeVarargs
    @Override
    public final int numbers(ToIntFunction<Extents>... each) {
        int at = numbers.size();
        numbers.addAll(List.of(each));
        return at;
    }

    @Override
    public IntArray places(int... each) {
        IntArray array = pages.ints(each.length);
        for (int i = 0; i < each.length; i++) {
            array.set(i, each[i]);
        }
        places.add(array);
        return array;
    }

    private DeviceBlock block(Block block) {
        return blocks.computeIfAbsent(block, memory);
    }

    @Override
    public Floats floats(Slot slot) {
        if (!slot.present()) {
            return new Floats(shared, 0);
        }
        if (slot.block() == program.scratch()) {
            MemoryPlan.Place place = plan.place(slot);
            int at = Math.toIntExact(place.offset() / DataType.BYTES);
            return new Floats(scratch.isEmpty() ? null : scratch.get(place.piece()), at);
        }
        DeviceBlock block = block(slot.block());
        return block == null ? new Floats(null, 0) : block.floats(slot);
    }

    @Override
    public Ints ints(Slot slot) {
        DeviceBlock block = block(slot.block());
        return block == null ? new Ints(null, 0) : block.ints(slot);
    }

    @Override
    public Floats floats(Block block) {
        DeviceBlock found = block(block);
        return found == null ? new Floats(null, 0) : found.floats();
    }

    @Override
    public long bytes(Block block) {
        return MemoryPlan.sequential(block, reserve).bytes();
    }

    @Override
    public Floats workspace(ToLongFunction<Extents> count) {
        long at = worked;
        worked += Math.ceilDiv(count.applyAsLong(reserve), ALIGNMENT) * ALIGNMENT;
        // one that is too large is refused when all are counted
        return new Floats(shared, (int) at);
    }

    @Override
    public Floats kept(ToLongFunction<Extents> count) {
        long at = kept;
        kept += Math.ceilDiv(count.applyAsLong(reserve), ALIGNMENT) * ALIGNMENT;
        return new Floats(partials, (int) at);
    }

    /** Temporaries may be gone before all is put together: theirs is at once. */
    @Override
    public void merge(
            Floats partial, int stride, ToIntFunction<Extents> rows, int columns, Slot out) {
        var merge = new ColumnSumTasks.Merge(partial, stride, numbers(rows), columns, floats(out));
        if (out.block() == program.scratch()) {
            ColumnSumTasks.lower(List.of(merge), this);
        } else {
            waiting.add(new Waiting(merge, out));
        }
    }

    @Override
    public void launch(
            String name, int parameters, ToLongFunction<Extents> items, int group, Task task) {
        if (parameters > MOST_ARGUMENTS) {
            throw new IllegalArgumentException(
                    "a kernel takes at most %d arguments; %s has %d"
                            .formatted(MOST_ARGUMENTS, name, parameters));
        }
        WorkerGrid grid = new WorkerGrid1D(group);
        grid.setLocalWork(group, 1, 1);
        launches.add(new Launch(name, parameters, items, group, grid, task));
    }
}
