package gsdm.nn.train;

import java.util.Arrays;

/**
 * What one step gave; the object is reused by the next step. The losses are fetched from where they
 * were computed when they are first asked for, and only then.
 */
public final class StepResult {
    /** Fetches what {@link #loss(double)} and {@link #errors} take. */
    interface Losses {
        void into(StepResult result);
    }

    private final Losses source;
    private final double[] arrayErrors;
    private final long[] arrayValues;
    private final double[] bandErrors = new double[NoiseBand.values().length];
    private final long[] bandValues = new long[NoiseBand.values().length];
    private long step;
    private boolean fetched;
    private double loss;
    private double gradientNorm;
    private double learningRate;

    StepResult(int arrays, Losses source) {
        this.source = source;
        arrayErrors = new double[arrays];
        arrayValues = new long[arrays];
    }

    /** The step, counted from 1. */
    public long step() {
        return step;
    }

    /**
     * The loss as it was minimised, in the network's units; that of a part of a batch is its share
     * of the whole batch's.
     */
    public double loss() {
        fetch();
        return loss;
    }

    /**
     * The mean error of an array's unobserved values, without weights: squared, in its scaled
     * units, or the cross-entropy for each option; 0 without any.
     */
    public double arrayLoss(int array) {
        fetch();
        return arrayValues[array] == 0 ? 0 : arrayErrors[array] / arrayValues[array];
    }

    /** How many unobserved values the array had in the batch, or the part of it. */
    public long arrayValues(int array) {
        return arrayValues[array];
    }

    /**
     * The mean error of the unobserved values of examples that are as noisy as that, over all
     * arrays, without weights: squared errors of continuous values, in their scaled units, and
     * cross-entropies or squared errors for each option of discrete ones, each counted once; 0
     * without any. Errors are those of what the network predicts, as velocities.
     */
    public double bandLoss(NoiseBand band) {
        fetch();
        int at = band.ordinal();
        return bandValues[at] == 0 ? 0 : bandErrors[at] / bandValues[at];
    }

    /** How many unobserved values such examples had in the batch, or the part of it. */
    public long bandValues(NoiseBand band) {
        return bandValues[band.ordinal()];
    }

    /** The norm of all gradients together, before clipping. */
    public double gradientNorm() {
        return gradientNorm;
    }

    public double learningRate() {
        return learningRate;
    }

    void begin(long ofStep, double ofLearningRate) {
        Arrays.fill(arrayValues, 0);
        Arrays.fill(bandValues, 0);
        step = ofStep;
        learningRate = ofLearningRate;
        fetched = false;
    }

    private void fetch() {
        if (!fetched) {
            loss = 0;
            Arrays.fill(arrayErrors, 0);
            Arrays.fill(bandErrors, 0);
            source.into(this);
            fetched = true;
        }
    }

    /** Adds unobserved values of an array in an example. */
    void values(int array, NoiseBand band, long count) {
        arrayValues[array] += count;
        bandValues[band.ordinal()] += count;
    }

    /** Adds the loss of an array. */
    void loss(double ofArray) {
        loss += ofArray;
    }

    /** Adds the errors of an array in an example. */
    void errors(int array, NoiseBand band, double sum) {
        arrayErrors[array] += sum;
        bandErrors[band.ordinal()] += sum;
    }

    void end(double norm) {
        gradientNorm = norm;
    }

    @Override
    public String toString() {
        return "StepResult[step=%d, loss=%s, gradientNorm=%s, learningRate=%s]"
                .formatted(step, loss(), gradientNorm, learningRate);
    }
}
