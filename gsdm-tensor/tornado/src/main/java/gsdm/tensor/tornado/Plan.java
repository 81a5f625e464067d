package gsdm.tensor.tornado;

import gsdm.tensor.backend.DeviceException;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Program;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The task graphs of the programs over one memory. They share what is on the device: each array has
 * a graph that uploads it and so owns its buffer, and every graph takes all buffers over from
 * whichever ran before it. Made at the first run, with all programs compiled until then; one that
 * comes later has it made anew, which fetches what is on the device and compiles all kernels again.
 *
 * <p>Buffers are shared within a plan alone. Where two plans have the same block (weights that
 * several samplers read) each has a copy; what one computes reaches the other through the host.
 *
 * <p>A device that failed may go on silently. So each program ends by counting itself, on the
 * device, and the count is looked at whenever something is fetched.
 */
final class Plan {
    /** Infinities and what is no number are themselves: a step is refused by them. */
    private static final String OPENCL_FLAGS = "-cl-mad-enable -w";

    private final TornadoBackend backend;
    private final Arena arena = Arena.ofShared(); // the host's side of temporaries
    private final OwnPages pages = new OwnPages();
    private final List<LoweredProgram> programs = new ArrayList<>();
    private Made made; // null: to be made
    private DeviceException failed; // or null; then what the device has is lost

    /** Something that runs on the device: its task graph's number, kernels and bytes uploaded. */
    private static final class Graph {
        private final int number;
        private final int kernels;
        private final long bytes;
        private boolean compiled;

        Graph(int number, int kernels, long bytes) {
            this.number = number;
            this.kernels = kernels;
            this.bytes = bytes;
        }
    }

    /** The task graphs while they are made, and then the plan of them. */
    private static final class Made {
        private final Set<Object> all = new LinkedHashSet<>();
        private final Map<DeviceBlock, Graph> uploads = new LinkedHashMap<>();
        private final Map<LoweredProgram, Graph> sizes = new HashMap<>();
        private final Map<LoweredProgram, List<Graph>> runs = new HashMap<>();
        private final List<Graph> owners = new ArrayList<>();
        private final Map<DeviceBlock, Long> versions = new HashMap<>(); // of what the device has
        private final IntArray count; // of programs that ran
        private int ran;
        private final List<ImmutableTaskGraph> graphs = new ArrayList<>();
        private final GridScheduler scheduler = new GridScheduler();
        private final KernelContext context = new KernelContext();
        private TornadoExecutionPlan plan;
        private TornadoExecutionResult latest;

        Made(OwnPages pages) {
            count = pages.ints(1);
        }
    }

    Plan(TornadoBackend backend) {
        this.backend = backend;
    }

    /** Has a program run here, with the others. */
    LoweredProgram compile(Program source, Extents reserve, DeviceMemory memory) {
        LoweredProgram program =
                LoweredProgram.bound(
                        source, reserve, backend.largestPiece(), memory::block, arena, pages);
        program.requireMemory();
        program.requireGroups(backend.mostItems());
        discard();
        programs.add(program);
        return program;
    }

    private static void touch(KernelContext context, FloatArray array) {
        if (context.globalIdx == 0) {
            array.set(0, array.get(0));
        }
    }

    private static void touch(KernelContext context, IntArray array) {
        if (context.globalIdx == 0) {
            array.set(0, array.get(0));
        }
    }

    private static void count(KernelContext context, IntArray array) {
        if (context.globalIdx == 0) {
            array.set(0, array.get(0) + 1);
        }
    }

    private Made make() {
        Made making = new Made(pages);
        Set<DeviceBlock> blocks = new LinkedHashSet<>();
        programs.forEach(program -> blocks.addAll(program.blocks()));
        blocks.forEach(block -> making.all.addAll(block.arrays()));
        programs.forEach(program -> making.all.addAll(program.temporaries()));
        programs.forEach(program -> making.all.add(program.sizes()));
        making.all.add(making.count);
        requireMemory(making.all);
        for (DeviceBlock block : blocks) {
            block.fetch();
            making.versions.put(block, block.version());
            making.uploads.put(block, own(making, block.arrays(), true));
        }
        making.count.set(0, 0);
        own(making, List.of(making.count), true);
        for (LoweredProgram program : programs) {
            making.sizes.put(program, own(making, List.of(program.sizes()), true));
            own(making, program.temporaries(), false);
        }
        for (LoweredProgram program : programs) {
            making.runs.put(program, graphs(making, program));
        }
        making.plan = new TornadoExecutionPlan(making.graphs.toArray(ImmutableTaskGraph[]::new));
        making.plan.withDevice(backend.tornadoDevice());
        making.plan.withCompilerFlags(TornadoVMBackendType.OPENCL, OPENCL_FLAGS);
        making.plan.withGridScheduler(making.scheduler);
        return making;
    }

    private void requireMemory(Set<Object> arrays) {
        long bytes = 0;
        for (Object array : arrays) {
            bytes += bytes(array);
        }
        long most = backend.memory().getAsLong();
        if (bytes > most) {
            throw new OutOfMemoryError(
                    "the device has %d bytes of memory; %d are needed".formatted(most, bytes));
        }
    }

    private static long bytes(Object array) {
        return array instanceof IntArray ints
                ? ints.getNumBytesOfSegment()
                : ((FloatArray) array).getNumBytesOfSegment();
    }

    /** Appends the graph that owns these, and uploads them if asked to. */
    private static Graph own(Made making, List<?> arrays, boolean upload) {
        TaskGraph graph = new TaskGraph("own" + making.graphs.size());
        graph.consumeFromDevice(making.all.stream().filter(one -> !arrays.contains(one)).toArray());
        if (upload) {
            graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, arrays.toArray());
        }
        for (int i = 0; i < arrays.size(); i++) {
            String id = "touch" + i;
            if (arrays.get(i) instanceof IntArray ints) {
                graph.task(id, Plan::touch, making.context, ints);
            } else {
                graph.task(id, Plan::touch, making.context, (FloatArray) arrays.get(i));
            }
            making.scheduler.addWorkerGrid(graph.getTaskGraphName() + "." + id, one());
        }
        long bytes = upload ? arrays.stream().mapToLong(Plan::bytes).sum() : 0;
        Graph owner = finish(making, graph, arrays.size(), bytes);
        making.owners.add(owner);
        return owner;
    }

    private static WorkerGrid one() {
        WorkerGrid grid = new WorkerGrid1D(1);
        grid.setLocalWork(1, 1, 1);
        return grid;
    }

    private static List<Graph> graphs(Made making, LoweredProgram program) {
        Map<String, WorkerGrid> grids = new LinkedHashMap<>();
        int first = making.graphs.size();
        List<TaskGraph> parts =
                program.graphs(
                        number -> {
                            TaskGraph graph = new TaskGraph("run" + (first + number));
                            graph.consumeFromDevice(making.all.toArray());
                            return graph;
                        },
                        grids);
        grids.forEach(making.scheduler::addWorkerGrid);
        TaskGraph last = parts.getLast();
        last.task("count", Plan::count, making.context, making.count);
        making.scheduler.addWorkerGrid(last.getTaskGraphName() + ".count", one());
        List<Graph> graphs = new ArrayList<>();
        for (TaskGraph part : parts) {
            String prefix = part.getTaskGraphName() + ".";
            long kernels = grids.keySet().stream().filter(id -> id.startsWith(prefix)).count();
            int counting = part == last ? 1 : 0;
            graphs.add(finish(making, part, (int) kernels + counting, 0));
        }
        return graphs;
    }

    private static Graph finish(Made making, TaskGraph graph, int kernels, long bytes) {
        graph.persistOnDevice(making.all.toArray());
        graph.transferToHost(DataTransferMode.UNDER_DEMAND, making.all.toArray());
        making.graphs.add(graph.snapshot());
        return new Graph(making.graphs.size() - 1, kernels, bytes);
    }

    /**
     * Runs a graph, which compiles it the first time. To have all compiled beforehand is no choice:
     * TornadoVM refuses such a plan's graphs once another plan is freed.
     */
    private void execute(Graph graph) {
        long start = System.nanoTime();
        made.latest = made.plan.withGraph(graph.number).execute();
        if (!graph.compiled) {
            graph.compiled = true;
            backend.ledger().compiled(graph.kernels, System.nanoTime() - start);
        }
        backend.ledger().launched(graph.kernels);
        backend.ledger().up(graph.bytes);
    }

    /** Runs a program at sizes that were checked. */
    void run(LoweredProgram program, Extents extents) {
        requireWorking();
        boolean others = program.prepare(extents);
        try {
            if (made == null) {
                made = make();
                made.owners.forEach(this::execute);
            } else if (others) {
                execute(made.sizes.get(program));
            }
            program.blocks().forEach(this::bring);
            made.runs.get(program).forEach(this::execute);
            made.ran++;
        } catch (RuntimeException failure) {
            throw failed(program.program().name(), failure);
        }
        program.written().forEach(block -> block.computedBy(this));
    }

    private DeviceException failed(String what, Throwable failure) {
        failed =
                new DeviceException(
                        "%s failed in %s: %s"
                                .formatted(
                                        backend.description(),
                                        what,
                                        TornadoDevices.reason(failure)),
                        failure);
        return failed;
    }

    private void requireWorking() {
        if (failed != null) {
            throw failed;
        }
    }

    /** Uploads a block unless the device has its newest numbers. */
    private void bring(DeviceBlock block) {
        if (block.newest() != this) {
            block.fetch();
            if (made.versions.put(block, block.version()) != block.version()) {
                execute(made.uploads.get(block));
            }
        }
    }

    /**
     * Brings to the host what this computed of a block.
     *
     * @param version of what the host has then, and the device too
     */
    void fetch(DeviceBlock block, long version) {
        requireWorking();
        Object array = block.arrays().getFirst();
        made.count.set(0, -1);
        try {
            made.latest.transferToHost(array);
            made.latest.transferToHost(made.count);
        } catch (RuntimeException failure) {
            throw failed("a transfer of " + block.block(), failure);
        }
        backend.ledger().down(bytes(array) + bytes(made.count));
        if (made.count.get(0) != made.ran) {
            throw failed(
                    "what it says it ran, %d programs of %d".formatted(made.count.get(0), made.ran),
                    new IllegalStateException("what it printed says why"));
        }
        made.versions.put(block, version);
    }

    /** Frees all of it, once the host has what was computed. */
    void close() {
        try (arena;
                pages) {
            discard();
        }
    }

    /** Frees what is on the device; the next run makes it anew. */
    private void discard() {
        if (made == null) {
            return;
        }
        Made old = made;
        try {
            for (DeviceBlock block : old.uploads.keySet()) {
                if (block.newest() == this && failed == null) {
                    block.fetch();
                }
            }
        } finally {
            made = null;
            free(old.plan);
        }
    }

    private void free(TornadoExecutionPlan plan) {
        try (plan) {
            plan.freeDeviceMemory();
        } catch (Exception failure) {
            if (failed == null) {
                throw failed("giving back its memory", failure);
            }
        }
    }
}
