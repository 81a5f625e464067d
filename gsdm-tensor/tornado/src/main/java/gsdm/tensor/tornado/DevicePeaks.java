package gsdm.tensor.tornado;

import gsdm.tensor.backend.DeviceException;
import gsdm.tensor.backend.Peaks;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.lang.foreign.Arena;
import java.util.stream.IntStream;

/**
 * Measures what a device can do: multiply-adds that depend on nothing, and a copy; of so many that
 * what a launch takes beside them is little.
 */
final class DevicePeaks {
    private static final int GROUP = 256;
    private static final int ITEMS = 1 << 18;
    private static final int UNROLLED = 64;
    private static final int CHAINS = 8;
    private static final int MOST_ROUNDS = 1 << 20;

    /** Seconds that are long beside a launch. */
    private static final double LONG = 0.05;

    /** A copy is of at most as many floats, and of a part of the device's memory. */
    private static final long COPIED = 1 << 28;

    private static final int SHARE = 32;
    private static final int COPIES = 4;
    private static final int REPEATS = 3;
    private static final double BILLION = 1e9;

    private DevicePeaks() {}

    /** Rounds of eight chains of multiply-adds. A work item has one number of x. */
    static void multiplyAdd(KernelContext context, IntArray rounds, FloatArray x) {
        int i = context.globalIdx;
        float a = x.get(i);
        float b = 0.9999f;
        float s0 = a;
        float s1 = a + 1;
        float s2 = a + 2;
        float s3 = a + 3;
        float s4 = a + 4;
        float s5 = a + 5;
        float s6 = a + 6;
        float s7 = a + 7;
        for (int round = 0; round < rounds.get(0); round++) {
            for (int k = 0; k < UNROLLED; k++) {
                s0 = s0 * b + a;
                s1 = s1 * b + a;
                s2 = s2 * b + a;
                s3 = s3 * b + a;
                s4 = s4 * b + a;
                s5 = s5 * b + a;
                s6 = s6 * b + a;
                s7 = s7 * b + a;
            }
        }
        x.set(i, s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7);
    }

    /** out = x. A work item is an element. */
    static void move(KernelContext context, FloatArray x, FloatArray out) {
        int i = context.globalIdx;
        out.set(i, x.get(i));
    }

    static Peaks measure(TornadoBackend backend) {
        try {
            return new Peaks(multiplyAdds(backend) / BILLION, bytesCopied(backend) / BILLION);
        } catch (TornadoExecutionPlanException | RuntimeException failure) {
            throw new DeviceException(TornadoDevices.reason(failure), failure);
        }
    }

    /** Twice as many rounds again and again, until they are long. */
    private static double multiplyAdds(TornadoBackend backend)
            throws TornadoExecutionPlanException {
        try (Arena arena = Arena.ofShared();
                OwnPages pages = new OwnPages()) {
            IntArray rounds = pages.ints(1);
            rounds.set(0, 1);
            FloatArray x = LoweredProgram.device(ITEMS, arena);
            TaskGraph graph =
                    new TaskGraph("adds")
                            .transferToDevice(DataTransferMode.FIRST_EXECUTION, x)
                            .transferToDevice(DataTransferMode.EVERY_EXECUTION, rounds)
                            .task("add", DevicePeaks::multiplyAdd, new KernelContext(), rounds, x);
            try (TornadoExecutionPlan plan = plan(backend, graph, ITEMS, "add")) {
                seconds(plan); // compiles and uploads
                while (seconds(plan) < LONG && rounds.get(0) < MOST_ROUNDS) {
                    rounds.set(0, 2 * rounds.get(0));
                }
                return 2.0 * CHAINS * UNROLLED * ITEMS * rounds.get(0) / least(plan);
            }
        }
    }

    private static double bytesCopied(TornadoBackend backend) throws TornadoExecutionPlanException {
        long most = Math.min(COPIED, backend.memory().getAsLong() / SHARE);
        int floats = (int) (Math.min(most, backend.largestPiece() / Float.BYTES) / GROUP) * GROUP;
        try (Arena arena = Arena.ofShared()) {
            FloatArray from = LoweredProgram.device(floats, arena);
            FloatArray to = LoweredProgram.device(floats, arena);
            KernelContext context = new KernelContext();
            TaskGraph graph =
                    new TaskGraph("moves")
                            .transferToDevice(DataTransferMode.FIRST_EXECUTION, from, to);
            String[] tasks =
                    IntStream.range(0, COPIES).mapToObj(i -> "move" + i).toArray(String[]::new);
            for (String task : tasks) {
                graph.task(task, DevicePeaks::move, context, from, to);
            }
            try (TornadoExecutionPlan plan = plan(backend, graph, floats, tasks)) {
                seconds(plan); // compiles and uploads
                return 2.0 * Float.BYTES * COPIES * floats / least(plan);
            }
        }
    }

    private static TornadoExecutionPlan plan(
            TornadoBackend backend, TaskGraph graph, int items, String... tasks) {
        GridScheduler scheduler = new GridScheduler();
        for (String task : tasks) {
            WorkerGrid grid = new WorkerGrid1D(items);
            grid.setLocalWork(GROUP, 1, 1);
            scheduler.addWorkerGrid(graph.getTaskGraphName() + "." + task, grid);
        }
        TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot());
        plan.withDevice(backend.tornadoDevice());
        plan.withGridScheduler(scheduler);
        return plan;
    }

    /** The least of a few times, of a plan that is not run again. */
    private static double least(TornadoExecutionPlan plan) {
        double least =
                IntStream.range(0, REPEATS).mapToDouble(_ -> seconds(plan)).min().orElseThrow();
        plan.freeDeviceMemory();
        return least;
    }

    private static double seconds(TornadoExecutionPlan plan) {
        long start = System.nanoTime();
        plan.execute();
        return (System.nanoTime() - start) / BILLION;
    }
}
