package gsdm.nn.train;

/** What one step gave; the object is reused by the next step. */
public final class StepResult {
    private final double[] arrayErrors;
    private final long[] arrayValues;
    private long step;
    private double loss;
    private double gradientNorm;
    private double learningRate;

    StepResult(int arrays) {
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
        return loss;
    }

    /**
     * The mean error of an array's unobserved values, without weights: squared, in its scaled
     * units, or the cross-entropy for each option; 0 without any.
     */
    public double arrayLoss(int array) {
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

    void begin(long ofStep, double ofLearningRate) {
        step = ofStep;
        learningRate = ofLearningRate;
        loss = 0;
    }

    void array(int array, double weightedLoss, double errors, long values) {
        loss += weightedLoss;
        arrayErrors[array] = errors;
        arrayValues[array] = values;
    }

    void end(double norm) {
        gradientNorm = norm;
    }

    @Override
    public String toString() {
        return "StepResult[step=%d, loss=%s, gradientNorm=%s, learningRate=%s]"
                .formatted(step, loss, gradientNorm, learningRate);
    }
}
