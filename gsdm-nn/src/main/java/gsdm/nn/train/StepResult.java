package gsdm.nn.train;

/**
 * What one step gave; the object is reused by the next step. The losses are fetched from where they
 * were computed when they are first asked for, and only then.
 */
public final class StepResult {
    /** Fetches what {@link #array} takes. */
    interface Losses {
        void into(StepResult result);
    }

    private final Losses source;
    private final double[] arrayErrors;
    private final long[] arrayValues;
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

    /** The norm of all gradients together, before clipping. */
    public double gradientNorm() {
        return gradientNorm;
    }

    public double learningRate() {
        return learningRate;
    }

    void begin(long ofStep, double ofLearningRate, long[] values) {
        System.arraycopy(values, 0, arrayValues, 0, values.length);
        step = ofStep;
        learningRate = ofLearningRate;
        fetched = false;
    }

    private void fetch() {
        if (!fetched) {
            loss = 0;
            source.into(this);
            fetched = true;
        }
    }

    void array(int array, double weightedLoss, double errors) {
        loss += weightedLoss;
        arrayErrors[array] = errors;
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
