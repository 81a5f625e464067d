package gsdm.tensor.cpu.vector.attention;

import static gsdm.tensor.cpu.vector.core.Raw.load;
import static gsdm.tensor.cpu.vector.core.Raw.store;

import gsdm.tensor.cpu.vector.core.LaneSums;
import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.cpu.vector.core.VectorMath;

import jdk.incubator.vector.FloatVector;

/**
 * The loops of softmax over {@code count} vectors, {@code stride} bytes apart. They pass vectors on
 * through memory and count by one: loops that the compiler unrolls are too big to be inlined in
 * turn, where exp would be cut in two by the limit on nodes and vectors would go to the heap.
 */
final class ScoreLoops {
    private ScoreLoops() {}

    /** Raises the largest score so far; lanes {@code slots} apart belong together. */
    static void raise(long largest, long scores, int stride, int count, int slots) {
        long base = Raw.base(scores);
        long step = Raw.stride(stride);
        FloatVector max = load(largest);
        for (int i = 0; i < count; i++) {
            max = max.max(load(base + Raw.index(i) * step));
        }
        store(LaneSums.maxPeriods(max, slots), largest);
    }

    /**
     * The old largest score, in factors, becomes the factor that takes earlier sums to the new one.
     */
    static void rescale(long largest, long sums, long factors) {
        FloatVector factor = VectorMath.exp(load(factors).sub(load(largest)));
        store(factor, factors);
        store(load(sums).mul(factor), sums);
    }

    /** Scores become exponentials relative to the largest, and are added to the sums. */
    static void exponentials(long largest, long scores, int stride, int count, long sums) {
        long base = Raw.base(scores);
        long step = Raw.stride(stride);
        FloatVector max = load(largest);
        FloatVector sum = load(sums);
        for (int i = 0; i < count; i++) {
            long at = base + Raw.index(i) * step;
            FloatVector e = VectorMath.exp(load(at).sub(max));
            store(e, at);
            sum = sum.add(e);
        }
        store(sum, sums);
    }

    /** Adds up the lanes of sums that are {@code slots} apart. */
    static void total(long sums, int stride, int count, int slots) {
        long base = Raw.base(sums);
        long step = Raw.stride(stride);
        for (int i = 0; i < count; i++) {
            long at = base + Raw.index(i) * step;
            store(LaneSums.addPeriods(load(at), slots), at);
        }
    }

    /** Adds the logarithms of sums, which lie {@code distance} bytes on, to the largest scores. */
    static void addLogarithms(long largest, int distance, int stride, int count) {
        long base = Raw.base(largest);
        long step = Raw.stride(stride);
        long sums = Raw.stride(distance);
        for (int i = 0; i < count; i++) {
            long at = base + Raw.index(i) * step;
            store(load(at).add(VectorMath.log(load(at + sums))), at);
        }
    }

    /** Each sum becomes one over it. */
    static void invert(long sums, int stride, int count) {
        long base = Raw.base(sums);
        long step = Raw.stride(stride);
        FloatVector one = FloatVector.broadcast(Lanes.SPECIES, 1f);
        for (int i = 0; i < count; i++) {
            long at = base + Raw.index(i) * step;
            store(one.div(load(at)), at);
        }
    }

    /**
     * Gradients by probabilities become gradients by inner products, scores the probabilities.
     *
     * @param logSumExps of the asking node of each score, {@code askingStride} bytes apart: 0 if it
     *     is the same one
     * @param shared what all gradients of an asking node share, laid out alike
     */
    static void differentiate(
            long scores,
            long gradients,
            int stride,
            int count,
            long logSumExps,
            long shared,
            int askingStride,
            float scale) {
        long scoreBase = Raw.base(scores);
        long gradientBase = Raw.base(gradients);
        long lseBase = Raw.base(logSumExps);
        long sharedBase = Raw.base(shared);
        long step = Raw.stride(stride);
        long askingStep = Raw.stride(askingStride);
        FloatVector factor = FloatVector.broadcast(Lanes.SPECIES, scale);
        for (int i = 0; i < count; i++) {
            long at = Raw.index(i) * step;
            long asking = Raw.index(i) * askingStep;
            FloatVector score = load(scoreBase + at).sub(load(lseBase + asking));
            FloatVector probability = VectorMath.exp(score);
            store(probability, scoreBase + at);
            FloatVector centred = load(gradientBase + at).sub(load(sharedBase + asking));
            store(probability.mul(centred).mul(factor), gradientBase + at);
        }
    }
}
