package gsdm.nn.diffusion;

import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What a network is trained to predict from a noised value x_t = signal·x_0 + level·ε, and how the
 * clean value is had of a prediction: sums, whose coefficients are small tables of each example.
 */
public enum Parameterisation {
    /** The clean value; of discrete nodes, probabilities. */
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
    public Slot target(ProgramBuilder program, Slot clean, Slot noise, Slot coefficients) {
        return switch (this) {
            case X0 -> clean;
            case NOISE -> noise;
            case V -> program.blend(coefficients, clean, noise);
        };
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
     * The clean value.
     *
     * @param prediction [B, X]
     * @param noised [B, X] x_t
     * @param coefficients [B, 2], see {@link #writeClean}
     * @return [B, X]
     */
    public Slot clean(ProgramBuilder program, Slot prediction, Slot noised, Slot coefficients) {
        return predictsClean() ? prediction : program.blend(coefficients, prediction, noised);
    }

    /** Writes the coefficients of {@link #clean} for an example at these levels. */
    public void writeClean(double signal, double level, MemorySegment to, int example) {
        switch (this) {
            case X0 -> write(1, 0, to, example);
            case NOISE -> write(-level / signal, 1 / signal, to, example);
            case V -> write(-level, signal, to, example);
        }
    }

    /** What the loss of an example at these levels counts, beside others. */
    public double weight(double signal, double level) {
        return 1;
    }

    private static void write(double first, double second, MemorySegment to, int example) {
        to.setAtIndex(ValueLayout.JAVA_FLOAT, 2L * example, (float) first);
        to.setAtIndex(ValueLayout.JAVA_FLOAT, 2L * example + 1, (float) second);
    }
}
