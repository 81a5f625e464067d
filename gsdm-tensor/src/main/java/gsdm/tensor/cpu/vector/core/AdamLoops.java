package gsdm.tensor.cpu.vector.core;

import static gsdm.tensor.cpu.vector.core.Lanes.SPECIES;
import static gsdm.tensor.cpu.vector.core.Raw.ALL;
import static gsdm.tensor.cpu.vector.core.Raw.ORDER;
import static gsdm.tensor.cpu.vector.core.Raw.index;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;

/** The loops of Adam over {@code count} floats, a multiple of the lanes. */
public final class AdamLoops {
    private AdamLoops() {}

    /** moment = beta · moment + (1 − beta) · (clip · gradient), or its square. */
    public static void moment(
            long gradient, long moment, float clip, float beta, int count, boolean squared) {
        FloatVector clips = broadcast(SPECIES, clip);
        FloatVector keep = broadcast(SPECIES, beta);
        FloatVector share = broadcast(SPECIES, 1 - beta);
        for (int i = 0; i < count; i += Lanes.COUNT) {
            long at = 4L * index(i);
            FloatVector g = fromMemorySegment(SPECIES, ALL, gradient + at, ORDER).mul(clips);
            FloatVector term = squared ? g.mul(g).mul(share) : g.mul(share);
            fromMemorySegment(SPECIES, ALL, moment + at, ORDER)
                    .fma(keep, term)
                    .intoMemorySegment(ALL, moment + at, ORDER);
        }
    }

    /** parameter −= rate · moment1 / (√(moment2 · correction2) + epsilon). */
    public static void update(
            long parameter,
            long moment1,
            long moment2,
            float rate,
            float correction2,
            float epsilon,
            int count) {
        FloatVector rates = broadcast(SPECIES, -rate);
        FloatVector corrections = broadcast(SPECIES, correction2);
        FloatVector epsilons = broadcast(SPECIES, epsilon);
        for (int i = 0; i < count; i += Lanes.COUNT) {
            long at = 4L * index(i);
            FloatVector spread =
                    fromMemorySegment(SPECIES, ALL, moment2 + at, ORDER)
                            .mul(corrections)
                            .sqrt()
                            .add(epsilons);
            FloatVector step = fromMemorySegment(SPECIES, ALL, moment1 + at, ORDER).div(spread);
            step.fma(rates, fromMemorySegment(SPECIES, ALL, parameter + at, ORDER))
                    .intoMemorySegment(ALL, parameter + at, ORDER);
        }
    }
}
