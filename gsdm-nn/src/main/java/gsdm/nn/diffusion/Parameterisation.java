package gsdm.nn.diffusion;

import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * What a network is trained to predict of a continuous value from a noised one, x_t = signal·x_0 +
 * level·ε, and how the clean value is had of a prediction: sums, whose coefficients are small
 * tables of each example. Of discrete nodes it is always the probabilities of their options.
 */
public enum Parameterisation {
    /** The clean value. */
    X0,
    /** The noise that was added (Ho et al. 2020). */
    NOISE,
    /** signal·ε − level·x_0, the velocity (Salimans, Ho 2022). */
    V;

    /** Whether the prediction is the clean value itself. */
    public boolean predictsClean() {
        return this == X0;
    }

    /**
     * What is to be predicted.
     *
     * @param clean [B, X] x_0
     * @param noise [B, X] ε
     * @param coefficients [B, 2], see {@link #writeTarget}
     * @return [B, X]
     */
    public Slot target(
            ProgramBuilder program,
            Slot clean,
            Slot noise,
            Slot coefficients,
            List<NodeKind> kinds) {
        return predictsClean()
                ? clean
                : program.blendContinuous(coefficients, clean, kinds, clean, noise);
    }

    /** Writes the coefficients of {@link #target} for an example at these levels. */
    public void writeTarget(double signal, double level, MemorySegment to, int example) {
        switch (this) {
            case X0 -> write(1, 0, to, example);
            case NOISE -> write(0, 1, to, example);
            case V -> write(-level, signal, to, example);
        }
    }

    /**
     * What is to be predicted where another clean value than the one that was noised would be as
     * good a target.
     *
     * @param clean [B, X] x_0, which was noised
     * @param noise [B, X] ε
     * @param refined [B, X]: of a continuous value what the other one exceeds x_0 by, of a discrete
     *     node the target itself
     * @param coefficients [B, 3], see {@link #writeRefinedTarget}
     * @return [B, X]
     */
    public Slot refinedTarget(
            ProgramBuilder program,
            Slot clean,
            Slot noise,
            Slot refined,
            Slot coefficients,
            List<NodeKind> kinds) {
        return program.blendContinuous(coefficients, refined, kinds, clean, noise, refined);
    }

    /**
     * Writes the coefficients of {@link #refinedTarget} for an example at these levels: another
     * clean value is another noise too, as both make up the noised value.
     */
    public void writeRefinedTarget(double signal, double level, MemorySegment to, int example) {
        switch (this) {
            case X0 -> write(1, 0, 1, to, example);
            case NOISE -> write(0, 1, -signal / level, to, example);
            case V -> write(-level, signal, -level - signal / level * signal, to, example);
        }
    }

    /**
     * The clean value.
     *
     * @param prediction [B, X]
     * @param noised [B, X] x_t
     * @param coefficients [B, 2], see {@link #writeClean}
     * @return [B, X]
     */
    public Slot clean(
            ProgramBuilder program,
            Slot prediction,
            Slot noised,
            Slot coefficients,
            List<NodeKind> kinds) {
        return predictsClean()
                ? prediction
                : program.blendContinuous(coefficients, prediction, kinds, prediction, noised);
    }

    /** Writes the coefficients of {@link #clean} for an example at these levels. */
    public void writeClean(double signal, double level, MemorySegment to, int example) {
        switch (this) {
            case X0 -> write(1, 0, to, example);
            case NOISE -> write(-level / signal, 1 / signal, to, example);
            case V -> write(-level, signal, to, example);
        }
    }

    /** By how much the clean value is off where the prediction is off by one. */
    public double slope(double signal, double level) {
        return switch (this) {
            case X0 -> 1;
            case NOISE -> level / signal;
            case V -> level;
        };
    }

    private static void write(
            double first, double second, double third, MemorySegment to, int example) {
        to.setAtIndex(ValueLayout.JAVA_FLOAT, 3L * example, (float) first);
        to.setAtIndex(ValueLayout.JAVA_FLOAT, 3L * example + 1, (float) second);
        to.setAtIndex(ValueLayout.JAVA_FLOAT, 3L * example + 2, (float) third);
    }

    private static void write(double first, double second, MemorySegment to, int example) {
        to.setAtIndex(ValueLayout.JAVA_FLOAT, 2L * example, (float) first);
        to.setAtIndex(ValueLayout.JAVA_FLOAT, 2L * example + 1, (float) second);
    }
}
