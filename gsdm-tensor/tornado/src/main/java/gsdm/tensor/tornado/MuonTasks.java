package gsdm.tensor.tornado;

import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MemoryPlan;
import gsdm.tensor.program.Muon;
import gsdm.tensor.program.Slot;
import gsdm.tensor.program.StepState;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * {@link Muon}: a group orthogonalises a matrix, all matrices at the same time. They are small, so
 * what a group works in stays in the cache.
 */
final class MuonTasks {
    private static final int GROUP = 256;
    private static final int ENTRY = 4;
    private static final float LINEAR = (float) Muon.LINEAR;
    private static final float CUBIC = (float) Muon.CUBIC;
    private static final float QUINTIC = (float) Muon.QUINTIC;
    private static final float NORM_EPSILON = (float) Muon.NORM_EPSILON;
    private static final float ADAM_RMS = (float) Muon.ADAM_RMS;

    private MuonTasks() {}

    /**
     * A step. Numbers of each matrix: where it is in its block, its rows, its columns, and where it
     * is iterated on: x and the next x with the shorter side as columns, xᵀ·x and the factor.
     */
    static void orthogonalise(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray state,
            FloatArray parameters,
            FloatArray gradients,
            FloatArray momentum,
            FloatArray work) {
        int at = places.get(0);
        int stateAt = places.get(1);
        int workAt = places.get(2);
        float[] sums = context.allocateFloatLocalArray(GROUP);
        int local = context.localIdx;
        int matrix = at + ENTRY * context.groupIdx;
        int place = sizes.get(matrix);
        int rows = sizes.get(matrix + 1);
        int columns = sizes.get(matrix + 2);
        int x = workAt + sizes.get(matrix + 3);
        int width = Math.min(rows, columns);
        int entries = rows * columns;
        int next = x + entries;
        int gram = next + entries;
        int factor = gram + width * width;
        if (state.get(stateAt + StepState.REFUSED) != 0) {
            entries = 0;
            width = 0;
        }
        int squares = width * width;
        float share = state.get(stateAt + StepState.MOMENTUM);
        float clip = UpdateTasks.clip(state, stateAt);
        float sum = 0;
        for (int i = local; i < entries; i += GROUP) {
            float gradient = (1 - share) * clip * gradients.get(place + i);
            float mean = share * momentum.get(place + i) + gradient;
            momentum.set(place + i, mean);
            float direction = share * mean + gradient;
            work.set(x + turned(i, rows, columns), direction);
            sum += direction * direction;
        }
        sums[local] = sum;
        for (int half = GROUP / 2; half > 0; half = half / 2) {
            context.localBarrier();
            if (local < half) {
                sums[local] += sums[local + half];
            }
        }
        context.localBarrier();
        float scale = 1 / (TornadoMath.sqrt(sums[0]) + NORM_EPSILON);
        context.globalBarrier();
        for (int i = local; i < entries; i += GROUP) {
            work.set(x + i, work.get(x + i) * scale);
        }
        context.globalBarrier();
        for (int iteration = 0; iteration < Muon.ITERATIONS; iteration++) {
            int height = width == 0 ? 0 : entries / width;
            for (int i = local; i < squares; i += GROUP) {
                float dot = 0;
                for (int k = 0; k < height; k++) {
                    dot +=
                            work.get(x + k * width + i / width)
                                    * work.get(x + k * width + i % width);
                }
                work.set(gram + i, dot);
            }
            context.globalBarrier();
            for (int i = local; i < squares; i += GROUP) {
                float dot = 0;
                for (int k = 0; k < width; k++) {
                    dot +=
                            work.get(gram + (i / width) * width + k)
                                    * work.get(gram + k * width + i % width);
                }
                work.set(factor + i, CUBIC * work.get(gram + i) + QUINTIC * dot);
            }
            context.globalBarrier();
            for (int i = local; i < entries; i += GROUP) {
                float dot = 0;
                for (int k = 0; k < width; k++) {
                    dot +=
                            work.get(x + (i / width) * width + k)
                                    * work.get(factor + k * width + i % width);
                }
                work.set(next + i, LINEAR * work.get(x + i) + dot);
            }
            context.globalBarrier();
            int last = x;
            x = next;
            next = last;
        }
        float rate =
                state.get(stateAt + StepState.LEARNING_RATE)
                        * ADAM_RMS
                        * TornadoMath.sqrt(Math.max(rows, columns) * 1.0f);
        for (int i = local; i < entries; i += GROUP) {
            float moved = rate * work.get(x + turned(i, rows, columns));
            parameters.set(place + i, parameters.get(place + i) - moved);
        }
    }

    /** Where an entry is in the matrix that is iterated on. */
    private static int turned(int entry, int rows, int columns) {
        return rows < columns ? (entry % columns) * rows + entry / columns : entry;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    static void lower(Muon op, Lowering to) {
        MemoryPlan places = MemoryPlan.sequential(op.parameters(), Extents.NONE);
        List<ToIntFunction<Extents>> numbers = new ArrayList<>();
        int worked = 0;
        for (Muon.Matrix matrix : op.matrices()) {
            int rows = op.rows(matrix);
            int columns = op.columns(matrix);
            int width = Math.min(rows, columns);
            Slot slot = op.parameters().slots().get(matrix.index());
            int first = Math.toIntExact(places.place(slot).offset() / DataType.BYTES);
            for (int part = 0; part < matrix.parts(); part++) {
                int place = first + part * rows * columns;
                int work = worked;
                numbers.add(_ -> place);
                numbers.add(_ -> rows);
                numbers.add(_ -> columns);
                numbers.add(_ -> work);
                worked = Math.addExact(worked, 2 * (rows * columns + width * width));
            }
        }
        if (numbers.isEmpty()) {
            return;
        }
        int all = worked;
        int groups = numbers.size() / ENTRY;
        int at = to.numbers(numbers.toArray(ToIntFunction[]::new));
        Lowering.Floats state = to.floats(op.state());
        Lowering.Floats parameters = to.floats(op.parameters());
        Lowering.Floats gradients = to.floats(op.gradients());
        Lowering.Floats momentum = to.floats(op.momentum());
        Lowering.Floats work = to.workspace(_ -> all);
        to.launch(
                "muon",
                8,
                _ -> (long) groups * GROUP,
                GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                MuonTasks::orthogonalise,
                                to.context(),
                                to.sizes(),
                                to.places(at, state.at(), work.at()),
                                state.array(),
                                parameters.array(),
                                gradients.array(),
                                momentum.array(),
                                work.array()));
    }
}
