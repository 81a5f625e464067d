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
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Measures what a device can do: multiply-adds that depend on nothing, and a copy. */
final class DevicePeaks {
    private static final int GROUP = 256;
    private static final int ITEMS = 1 << 18;
    private static final int ITERATIONS = 1024;
    private static final int CHAINS = 8;
    private static final int COPIED = 1 << 25;
    private static final int REPEATS = 5;
    private static final double BILLION = 1e9;

    private DevicePeaks() {}

    /** Eight chains of multiply-adds. A work item has one number of x. */
    static void multiplyAdd(KernelContext context, FloatArray x) {
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
        for (int k = 0; k < ITERATIONS; k++) {
            s0 = s0 * b + a;
            s1 = s1 * b + a;
            s2 = s2 * b + a;
            s3 = s3 * b + a;
            s4 = s4 * b + a;
            s5 = s5 * b + a;
            s6 = s6 * b + a;
            s7 = s7 * b + a;
        }
        x.set(i, s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7);
    }

    /** out = x. A work item is an element. */
    static void move(KernelContext context, FloatArray x, FloatArray out) {
        int i = context.globalIdx;
        out.set(i, x.get(i));
    }

    static Peaks measure(TornadoBackend backend) {
        FloatArray small = new FloatArray(ITEMS);
        FloatArray from = new FloatArray(COPIED);
        FloatArray to = new FloatArray(COPIED);
        KernelContext context = new KernelContext();
        TaskGraph adds =
                new TaskGraph("adds")
                        .transferToDevice(DataTransferMode.FIRST_EXECUTION, small)
                        .task("kernel", DevicePeaks::multiplyAdd, context, small)
                        .transferToHost(DataTransferMode.EVERY_EXECUTION, small);
        TaskGraph moves =
                new TaskGraph("moves")
                        .transferToDevice(DataTransferMode.FIRST_EXECUTION, from, small)
                        .task("kernel", DevicePeaks::move, context, from, to)
                        .task("last", DevicePeaks::multiplyAdd, context, small)
                        .transferToHost(DataTransferMode.EVERY_EXECUTION, small);
        double ofAdds = seconds(backend, adds, ITEMS);
        double ofBoth = seconds(backend, moves, COPIED);
        double flops = 2.0 * CHAINS * ITERATIONS * ITEMS;
        double bytes = 2.0 * Float.BYTES * COPIED;
        return new Peaks(
                flops / ofAdds / BILLION, bytes / Math.max(ofBoth - ofAdds, 1e-9) / BILLION);
    }

    /** The least time of a graph, whose last task ends in what is brought to the host. */
    private static double seconds(TornadoBackend backend, TaskGraph graph, int items) {
        GridScheduler scheduler = new GridScheduler();
        scheduler.addWorkerGrid(graph.getTaskGraphName() + ".kernel", grid(items));
        scheduler.addWorkerGrid(graph.getTaskGraphName() + ".last", grid(ITEMS));
        try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
            plan.withDevice(backend.tornadoDevice());
            plan.withGridScheduler(scheduler);
            double least = Double.POSITIVE_INFINITY;
            for (int i = 0; i < REPEATS; i++) {
                long start = System.nanoTime();
                plan.execute();
                least = Math.min(least, (System.nanoTime() - start) / BILLION);
            }
            plan.freeDeviceMemory();
            return least;
        } catch (Exception failure) {
            throw new DeviceException(TornadoDevices.reason(failure), failure);
        }
    }

    private static WorkerGrid grid(int items) {
        WorkerGrid grid = new WorkerGrid1D(items);
        grid.setLocalWork(GROUP, 1, 1);
        return grid;
    }
}
