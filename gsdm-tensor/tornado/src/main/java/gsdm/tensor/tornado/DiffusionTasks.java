package gsdm.tensor.tornado;

import gsdm.tensor.program.Blend;
import gsdm.tensor.program.Clamp;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.Normals;
import gsdm.tensor.program.Standardise;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.List;

/**
 * {@link Standardise}, {@link Normals}, {@link Blend} and {@link Clamp}. A work item is a value of
 * an example; numbers: a {@link KindNumbers}.
 */
final class DiffusionTasks {
    /** Operands that a kernel adds up. */
    private static final int OPERANDS = 3;

    private static final int GOES_ON = 1;
    private static final int HOLDS_OBSERVED = 2;
    private static final int HOLDS_DISCRETE = 4;

    private DiffusionTasks() {}

    /** out = (values − mean)·factor, with mean and factor of the value's array. */
    static void standardise(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray values,
            FloatArray scales,
            IntArray bounds,
            int arrays,
            FloatArray out) {
        int at = places.get(0);
        int valuesAt = places.get(1);
        int scalesAt = places.get(2);
        int boundsAt = places.get(3);
        int outAt = places.get(4);
        int i = context.globalIdx;
        if (i < sizes.get(at)) {
            int array = KindNumbers.arrayOf(bounds, boundsAt, arrays, i % sizes.get(at + 1));
            float mean = scales.get(scalesAt + 2 * array);
            float factor = scales.get(scalesAt + 2 * array + 1);
            out.set(outAt + i, (values.get(valuesAt + i) - mean) * factor);
        }
    }

    /** Standard normal numbers, each of a key and a place. */
    static void draw(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            IntArray keys,
            IntArray index,
            IntArray bounds,
            int arrays,
            FloatArray out) {
        int at = places.get(0);
        int keysAt = places.get(1);
        int indexAt = places.get(2);
        int boundsAt = places.get(3);
        int outAt = places.get(4);
        int i = context.globalIdx;
        if (i < sizes.get(at)) {
            int example = i / sizes.get(at + 1);
            int value = i % sizes.get(at + 1);
            int kind = KindNumbers.kindOf(sizes, at, value);
            int option = KindNumbers.option(sizes, kind, value);
            int node = KindNumbers.node(sizes, kind, value);
            int array = KindNumbers.arrayOf(bounds, boundsAt, arrays, value - option);
            long low = keys.get(keysAt + 2 * example);
            long high = keys.get(keysAt + 2 * example + 1);
            long key = DeviceNormals.fork((low & 0xFFFFFFFFL) | (high << 32), array);
            long place =
                    (long) index.get(indexAt + node) * KindNumbers.options(sizes, kind) + option;
            out.set(outAt + i, DeviceNormals.normal(key, place));
        }
    }

    /**
     * out = Σ_k coefficients[b, k]·operand_k over one to three operands, added to what is there if
     * it goes on; then what is held is held.
     *
     * @param stride coefficients of an example
     */
    static void blend(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray coefficients,
            int stride,
            int count,
            FloatArray first,
            FloatArray second,
            FloatArray third,
            FloatArray held,
            FloatArray observed,
            int does,
            FloatArray out) {
        int at = places.get(0);
        int coefficientsAt = places.get(1);
        int firstAt = places.get(2);
        int secondAt = places.get(3);
        int thirdAt = places.get(4);
        int heldAt = places.get(5);
        int observedAt = places.get(6);
        int outAt = places.get(7);
        int i = context.globalIdx;
        if (i < sizes.get(at)) {
            int example = i / sizes.get(at + 1);
            int value = i % sizes.get(at + 1);
            int coefficient = coefficientsAt + example * stride;
            float sum = coefficients.get(coefficient) * first.get(firstAt + i);
            if ((does & GOES_ON) != 0) {
                sum = out.get(outAt + i) + sum;
            }
            if (count > 1) {
                sum += coefficients.get(coefficient + 1) * second.get(secondAt + i);
            }
            if (count > 2) {
                sum += coefficients.get(coefficient + 2) * third.get(thirdAt + i);
            }
            int kind = KindNumbers.kindOf(sizes, at, value);
            int holds = 0;
            if ((does & HOLDS_DISCRETE) != 0 && KindNumbers.options(sizes, kind) > 1) {
                holds = 1;
            }
            if ((does & HOLDS_OBSERVED) != 0) {
                int node = KindNumbers.node(sizes, kind, value);
                if (observed.get(observedAt + example * sizes.get(at + 2) + node) != 0) {
                    holds = 1;
                }
            }
            if (holds != 0) {
                sum = held.get(heldAt + i);
            }
            out.set(outAt + i, sum);
        }
    }

    /** 0 for what is no number, which alone does not equal itself. */
    private static int isNumber(float x) {
        float same = x;
        return same == x ? 1 : 0;
    }

    /** out = x, limited where its node is continuous and it is a number. */
    static void limit(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            float limit,
            FloatArray x,
            FloatArray out) {
        int at = places.get(0);
        int xAt = places.get(1);
        int outAt = places.get(2);
        int i = context.globalIdx;
        if (i < sizes.get(at)) {
            float value = x.get(xAt + i);
            int kind = KindNumbers.kindOf(sizes, at, i % sizes.get(at + 1));
            if (KindNumbers.options(sizes, kind) == 1 && isNumber(value) != 0) {
                if (value > limit) {
                    value = limit;
                } else if (value < 0 - limit) {
                    value = 0 - limit;
                }
            }
            out.set(outAt + i, value);
        }
    }

    static void lower(Standardise op, Lowering to) {
        NodeKind all = new NodeKind(op.out().shape().last(), 1);
        int at = KindNumbers.of(List.of(all), op.out(), to);
        int arrays = op.bounds().shape().last().size() - 1;
        Lowering.Floats values = to.floats(op.values());
        Lowering.Floats scales = to.floats(op.scales());
        Lowering.Ints bounds = to.ints(op.bounds());
        Lowering.Floats out = to.floats(op.out());
        to.launch(
                "standardise",
                8,
                Lowering.elements(op.out()),
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                DiffusionTasks::standardise,
                                to.context(),
                                to.sizes(),
                                to.places(at, values.at(), scales.at(), bounds.at(), out.at()),
                                values.array(),
                                scales.array(),
                                bounds.array(),
                                arrays,
                                out.array()));
    }

    static void lower(Normals op, Lowering to) {
        int at = KindNumbers.of(op.kinds(), op.out(), to);
        int arrays = op.bounds().shape().last().size() - 1;
        Lowering.Ints keys = to.ints(op.keys());
        Lowering.Ints index = to.ints(op.index());
        Lowering.Ints bounds = to.ints(op.bounds());
        Lowering.Floats out = to.floats(op.out());
        to.launch(
                "draw",
                8,
                Lowering.elements(op.out()),
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                DiffusionTasks::draw,
                                to.context(),
                                to.sizes(),
                                to.places(at, keys.at(), index.at(), bounds.at(), out.at()),
                                keys.array(),
                                index.array(),
                                bounds.array(),
                                arrays,
                                out.array()));
    }

    static void lower(Blend op, Lowering to) {
        int at = KindNumbers.of(op.kinds(), op.out(), to);
        int all = op.operands().size();
        for (int from = 0; from < all; from += OPERANDS) {
            int count = Math.min(OPERANDS, all - from);
            boolean last = from + count == all;
            int does =
                    (from > 0 ? GOES_ON : 0)
                            | (last && op.observed().present() ? HOLDS_OBSERVED : 0)
                            | (last && op.discreteHeld() ? HOLDS_DISCRETE : 0);
            blend(op, from, count, does, at, to);
        }
    }

    private static void blend(Blend op, int from, int count, int does, int at, Lowering to) {
        int stride = op.operands().size();
        Lowering.Floats coefficients = to.floats(op.coefficients());
        Lowering.Floats first = to.floats(op.operands().get(from));
        Lowering.Floats second = to.floats(op.operands().get(from + Math.min(1, count - 1)));
        Lowering.Floats third = to.floats(op.operands().get(from + count - 1));
        Lowering.Floats held = to.floats(op.held());
        Lowering.Floats observed = to.floats(op.observed());
        Lowering.Floats out = to.floats(op.out());
        to.launch(
                "blend",
                13,
                Lowering.elements(op.out()),
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                DiffusionTasks::blend,
                                to.context(),
                                to.sizes(),
                                to.places(
                                        at,
                                        coefficients.at() + from,
                                        first.at(),
                                        second.at(),
                                        third.at(),
                                        held.at(),
                                        observed.at(),
                                        out.at()),
                                coefficients.array(),
                                stride,
                                count,
                                first.array(),
                                second.array(),
                                third.array(),
                                held.array(),
                                observed.array(),
                                does,
                                out.array()));
    }

    static void lower(Clamp op, Lowering to) {
        int at = KindNumbers.of(op.kinds(), op.out(), to);
        float limit = op.limit();
        Lowering.Floats x = to.floats(op.x());
        Lowering.Floats out = to.floats(op.out());
        to.launch(
                "clamp",
                6,
                Lowering.elements(op.out()),
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                DiffusionTasks::limit,
                                to.context(),
                                to.sizes(),
                                to.places(at, x.at(), out.at()),
                                limit,
                                x.array(),
                                out.array()));
    }
}
