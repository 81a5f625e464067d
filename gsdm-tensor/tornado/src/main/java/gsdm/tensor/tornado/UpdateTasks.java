package gsdm.tensor.tornado;

import gsdm.tensor.program.Adam;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MemoryPlan;
import gsdm.tensor.program.MovingAverage;
import gsdm.tensor.program.Slot;
import gsdm.tensor.program.SquaredNorm;
import gsdm.tensor.program.StepState;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** {@link SquaredNorm}, {@link Adam} and {@link MovingAverage}, over whole blocks. */
final class UpdateTasks {
    private static final int GROUP = ColumnSumTasks.GROUP;

    /** Entries whose squares a group sums. */
    private static final int CHUNK = 32 * GROUP;

    private static final float NORM_EPSILON = (float) Adam.NORM_EPSILON;

    private UpdateTasks() {}

    /** What gradients are multiplied by: to the clip norm, if theirs is larger. */
    static float clip(FloatArray state, int stateAt) {
        float norm = TornadoMath.sqrt(state.get(stateAt + StepState.SQUARED_NORM));
        return TornadoMath.min(
                1.0f, state.get(stateAt + StepState.CLIP_NORM) / (norm + NORM_EPSILON));
    }

    /** The squares of a chunk's entries, summed by a group. Numbers: entries. */
    static void squares(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray x,
            FloatArray partial) {
        int at = places.get(0);
        int xAt = places.get(1);
        int partialAt = places.get(2);
        int first = context.groupIdx * CHUNK + context.localIdx;
        int end = Math.min(sizes.get(at), (context.groupIdx + 1) * CHUNK);
        float sum = 0;
        for (int i = first; i < end; i += GROUP) {
            float value = x.get(xAt + i);
            sum += value * value;
        }
        sum = ColumnSumTasks.sumOfLanes(context, context.localIdx, 1, sum);
        if (context.localIdx == 0) {
            partial.set(partialAt + context.groupIdx, sum);
        }
    }

    /**
     * The sum of the chunks, and whether it and the losses are finite. One group. Numbers: chunks,
     * losses.
     */
    static void norm(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray partial,
            FloatArray losses,
            FloatArray state) {
        int at = places.get(0);
        int partialAt = places.get(1);
        int lossesAt = places.get(2);
        int stateAt = places.get(3);
        float sum = 0;
        for (int i = context.localIdx; i < sizes.get(at); i += GROUP) {
            sum += partial.get(partialAt + i);
        }
        sum = ColumnSumTasks.sumOfLanes(context, context.localIdx, 1, sum);
        if (context.localIdx == 0) {
            int refused = isFinite(sum) == 0 ? 1 : 0;
            for (int i = 0; i < sizes.get(at + 1); i++) {
                if (isFinite(losses.get(lossesAt + i)) == 0) {
                    refused = 1;
                }
            }
            state.set(stateAt + StepState.SQUARED_NORM, sum);
            state.set(stateAt + StepState.REFUSED, refused);
        }
    }

    /**
     * 1 for a finite number, else 0. Comparisons by order are compiled into their opposites, which
     * what is no number passes; of it and of an infinity 0 times is no number, and equals nothing.
     */
    private static int isFinite(float x) {
        return 0 * x == 0 ? 1 : 0;
    }

    /**
     * A step of Adam. A work item is an entry of one of the slots. Numbers: entries, slots, and of
     * each slot its first entry among all and its first one in the block.
     */
    static void adam(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray state,
            FloatArray parameters,
            FloatArray gradients,
            FloatArray moment1,
            FloatArray moment2) {
        int at = places.get(0);
        int stateAt = places.get(1);
        int item = context.globalIdx;
        if (item < sizes.get(at) && state.get(stateAt + StepState.REFUSED) == 0) {
            int low = 0;
            int high = sizes.get(at + 1);
            while (high - low > 1) {
                int middle = (low + high) / 2;
                if (item < sizes.get(at + 2 + 2 * middle)) {
                    high = middle;
                } else {
                    low = middle;
                }
            }
            int i = sizes.get(at + 3 + 2 * low) + item - sizes.get(at + 2 + 2 * low);
            float beta1 = state.get(stateAt + StepState.BETA1);
            float beta2 = state.get(stateAt + StepState.BETA2);
            float g = clip(state, stateAt) * gradients.get(i);
            float m = beta1 * moment1.get(i) + (1 - beta1) * g;
            float v = beta2 * moment2.get(i) + (1 - beta2) * g * g;
            float root = TornadoMath.sqrt(v / state.get(stateAt + StepState.BIAS_CORRECTION2));
            float mean = m / state.get(stateAt + StepState.BIAS_CORRECTION1);
            float step = mean / (root + state.get(stateAt + StepState.EPSILON));
            moment1.set(i, m);
            moment2.set(i, v);
            float rate = state.get(stateAt + StepState.LEARNING_RATE);
            parameters.set(i, parameters.get(i) - rate * step);
        }
    }

    /** average = decay·average + (1 − decay)·parameters. Numbers: entries. */
    static void average(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray state,
            FloatArray average,
            FloatArray parameters) {
        int at = places.get(0);
        int stateAt = places.get(1);
        int i = context.globalIdx;
        if (i < sizes.get(at) && state.get(stateAt + StepState.REFUSED) == 0) {
            float decay = state.get(stateAt + StepState.EMA_DECAY);
            average.set(i, decay * average.get(i) + (1 - decay) * parameters.get(i));
        }
    }

    private static int entries(Block block, Lowering to) {
        return Math.toIntExact(to.bytes(block) / DataType.BYTES);
    }

    static void lower(SquaredNorm op, Lowering to) {
        int entries = entries(op.gradients(), to);
        int chunks = Math.max(1, Math.ceilDiv(entries, CHUNK));
        Slot losses = op.losses();
        int at = to.numbers(_ -> entries);
        Lowering.Floats gradients = to.floats(op.gradients());
        Lowering.Floats partial = to.workspace(_ -> chunks);
        to.launch(
                "squares",
                5,
                _ -> (long) chunks * GROUP,
                GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                UpdateTasks::squares,
                                to.context(),
                                to.sizes(),
                                to.places(at, gradients.at(), partial.at()),
                                gradients.array(),
                                partial.array()));
        int normAt =
                to.numbers(
                        _ -> chunks,
                        extents ->
                                losses.present()
                                        ? Math.toIntExact(losses.shape().size(extents))
                                        : 0);
        Lowering.Floats lossesAt = to.floats(losses);
        Lowering.Floats state = to.floats(op.state());
        to.launch(
                "norm",
                6,
                _ -> GROUP,
                GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                UpdateTasks::norm,
                                to.context(),
                                to.sizes(),
                                to.places(normAt, partial.at(), lossesAt.at(), state.at()),
                                partial.array(),
                                lossesAt.array(),
                                state.array()));
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    static void lower(Adam op, Lowering to) {
        MemoryPlan places = MemoryPlan.sequential(op.parameters(), Extents.NONE);
        List<ToIntFunction<Extents>> numbers = new ArrayList<>();
        int entries = 0;
        for (int index : op.indices()) {
            Slot slot = op.parameters().slots().get(index);
            int first = entries;
            int place = Math.toIntExact(places.place(slot).offset() / DataType.BYTES);
            numbers.add(_ -> first);
            numbers.add(_ -> place);
            entries = Math.addExact(entries, Math.toIntExact(slot.shape().size()));
        }
        int all = entries;
        numbers.addFirst(_ -> op.indices().size());
        numbers.addFirst(_ -> all);
        int at = to.numbers(numbers.toArray(ToIntFunction[]::new));
        Lowering.Floats state = to.floats(op.state());
        Lowering.Floats parameters = to.floats(op.parameters());
        Lowering.Floats gradients = to.floats(op.gradients());
        Lowering.Floats moment1 = to.floats(op.moment1());
        Lowering.Floats moment2 = to.floats(op.moment2());
        to.launch(
                "adam",
                8,
                _ -> all,
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                UpdateTasks::adam,
                                to.context(),
                                to.sizes(),
                                to.places(at, state.at()),
                                state.array(),
                                parameters.array(),
                                gradients.array(),
                                moment1.array(),
                                moment2.array()));
    }

    static void lower(MovingAverage op, Lowering to) {
        int entries = entries(op.average(), to);
        int at = to.numbers(_ -> entries);
        Lowering.Floats state = to.floats(op.state());
        Lowering.Floats average = to.floats(op.average());
        Lowering.Floats parameters = to.floats(op.parameters());
        to.launch(
                "average",
                6,
                _ -> entries,
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                UpdateTasks::average,
                                to.context(),
                                to.sizes(),
                                to.places(at, state.at()),
                                state.array(),
                                average.array(),
                                parameters.array()));
    }
}
