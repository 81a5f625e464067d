package gsdm.graph.inference;

import gsdm.graph.subgraph.Budget;
import gsdm.nn.checkpoint.Falls;
import gsdm.nn.diffusion.Objective;
import gsdm.nn.diffusion.Reduction;
import gsdm.nn.train.BatchPart;
import gsdm.nn.train.LearningRate;
import gsdm.nn.train.Optimizer;
import gsdm.nn.train.TrainingConfig;
import gsdm.tensor.program.Loss.Criterion;

import java.util.Map;
import java.util.Objects;

/**
 * How the network is trained.
 *
 * @param batch examples a step
 * @param learningRate the largest step size
 * @param warmup steps until the learning rate is reached
 * @param decay how the learning rate falls after that
 * @param decayShare of a run's steps, at its end, that the learning rate falls in, above 0 to 1
 * @param floor the share of the learning rate left at the end, 0 to 1
 * @param optimizer what makes steps of gradients
 * @param momentum the share of Muon's momentum kept in a step
 * @param beta1 decay of Adam's first moment
 * @param beta2 decay of Adam's second moment
 * @param epsilon added to the root of Adam's second moment
 * @param clipNorm largest norm of the gradient; it is scaled down to it
 * @param emaDecay decay of the moving average of the parameters
 * @param discreteLoss the error of discrete nodes
 * @param arrayWeights what the errors of each array count
 * @param reduction how errors become one loss
 * @param gibbsSweeps sweeps of a Gibbs sampler whose means are the targets, in place of the values
 *     drawn, see {@link gsdm.graph.gibbs.Chain}; 0 for none, as in steps of subgraphs
 * @param subgraph what a step is of
 * @param budget the most nodes of a subgraph, see {@link Budget}
 * @param subgraphPool how many subgraphs there are for steps to choose from; 0 for a fresh one each
 *     step
 * @param recompute whether activations of all layers but the last are computed again for the
 *     gradients, in place of being kept: the same bits, more time, less memory
 * @param checkpointEvery steps between checkpoints
 * @param keep how many of the latest checkpoints are kept
 */
public record TrainingSettings(
        int batch,
        double learningRate,
        int warmup,
        LearningRate.Decay decay,
        double decayShare,
        double floor,
        Optimizer optimizer,
        double momentum,
        double beta1,
        double beta2,
        double epsilon,
        double clipNorm,
        double emaDecay,
        Criterion discreteLoss,
        ArrayWeights arrayWeights,
        Reduction reduction,
        int gibbsSweeps,
        SubgraphKind subgraph,
        double budget,
        int subgraphPool,
        boolean recompute,
        int checkpointEvery,
        int keep) {
    /** Muon at 3e-3, after 100 steps of warm-up, falling to 2% in the last 60%; EMA 0.999. */
    public static final TrainingSettings DEFAULTS =
            new TrainingSettings(
                    64,
                    3e-3,
                    100,
                    LearningRate.Decay.LINEAR,
                    0.6,
                    0.02,
                    Optimizer.MUON,
                    0.98,
                    0.9,
                    0.999,
                    1e-8,
                    1,
                    0.999,
                    Criterion.CROSS_ENTROPY,
                    ArrayWeights.BY_VALUE,
                    Reduction.MEAN,
                    1,
                    SubgraphKind.NONE,
                    0.05,
                    1000,
                    false,
                    500,
                    3);

    /** Checks every range, as the training will. */
    public TrainingSettings {
        TrainingConfig _ =
                new TrainingConfig(
                        0,
                        BatchPart.whole(batch),
                        new LearningRate(learningRate, warmup, decay, floor, Falls.NONE),
                        optimizer,
                        momentum,
                        beta1,
                        beta2,
                        epsilon,
                        clipNorm,
                        emaDecay,
                        new Objective(discreteLoss, Map.of(), reduction),
                        recompute,
                        gibbsSweeps > 0);
        if (gibbsSweeps < 0) {
            throw new IllegalArgumentException(
                    "gibbs-sweeps must be 0 or more; found " + gibbsSweeps);
        }
        Objects.requireNonNull(arrayWeights, "arrayWeights");
        Objects.requireNonNull(subgraph, "subgraph");
        Budget _ = new Budget(budget);
        if (subgraphPool < 0) {
            throw new IllegalArgumentException(
                    "subgraph-pool must be 0 or more subgraphs; found " + subgraphPool);
        }
        if (!(decayShare > 0 && decayShare <= 1)) {
            throw new IllegalArgumentException(
                    "the learning rate falls in a share of the steps, above 0 to 1; found "
                            + decayShare);
        }
        if (checkpointEvery < 1 || keep < 1) {
            throw new IllegalArgumentException(
                    "checkpoint-every and keep must be 1 or more; found %d and %d"
                            .formatted(checkpointEvery, keep));
        }
    }

    /** These settings with another number of examples a step. */
    public TrainingSettings withBatch(int other) {
        return Components.with(this, "batch", other);
    }

    /** These settings with another largest step size. */
    public TrainingSettings withLearningRate(double other) {
        return Components.with(this, "learningRate", other);
    }

    /** These settings with another number of steps until the learning rate is reached. */
    public TrainingSettings withWarmup(int other) {
        return Components.with(this, "warmup", other);
    }

    /** These settings with another fall of the learning rate. */
    public TrainingSettings withDecay(LearningRate.Decay other) {
        return Components.with(this, "decay", other);
    }

    /** These settings with another share of the steps that the learning rate falls in. */
    public TrainingSettings withDecayShare(double other) {
        return Components.with(this, "decayShare", other);
    }

    /** These settings with another share of the learning rate left at the end. */
    public TrainingSettings withFloor(double other) {
        return Components.with(this, "floor", other);
    }

    /** These settings with another optimizer. */
    public TrainingSettings withOptimizer(Optimizer other) {
        return Components.with(this, "optimizer", other);
    }

    /** These settings with another share of Muon's momentum kept. */
    public TrainingSettings withMomentum(double other) {
        return Components.with(this, "momentum", other);
    }

    /** These settings with another decay of Adam's first moment. */
    public TrainingSettings withBeta1(double other) {
        return Components.with(this, "beta1", other);
    }

    /** These settings with another decay of Adam's second moment. */
    public TrainingSettings withBeta2(double other) {
        return Components.with(this, "beta2", other);
    }

    /** These settings with another number added to the root of Adam's second moment. */
    public TrainingSettings withEpsilon(double other) {
        return Components.with(this, "epsilon", other);
    }

    /** These settings with another largest norm of the gradient. */
    public TrainingSettings withClipNorm(double other) {
        return Components.with(this, "clipNorm", other);
    }

    /** These settings with another decay of the moving average. */
    public TrainingSettings withEmaDecay(double other) {
        return Components.with(this, "emaDecay", other);
    }

    /** These settings with another error of discrete nodes. */
    public TrainingSettings withDiscreteLoss(Criterion other) {
        return Components.with(this, "discreteLoss", other);
    }

    /** These settings with other weights of arrays. */
    public TrainingSettings withArrayWeights(ArrayWeights other) {
        return Components.with(this, "arrayWeights", other);
    }

    /** These settings with another way to make one loss of errors. */
    public TrainingSettings withReduction(Reduction other) {
        return Components.with(this, "reduction", other);
    }

    /** These settings with another number of sweeps that targets are averaged over. */
    public TrainingSettings withGibbsSweeps(int other) {
        return Components.with(this, "gibbsSweeps", other);
    }

    /** These settings with steps of other parts of the graph. */
    public TrainingSettings withSubgraph(SubgraphKind other) {
        return Components.with(this, "subgraph", other);
    }

    /** These settings with another budget of subgraphs. */
    public TrainingSettings withBudget(double other) {
        return Components.with(this, "budget", other);
    }

    /** These settings with another number of subgraphs to choose from. */
    public TrainingSettings withSubgraphPool(int other) {
        return Components.with(this, "subgraphPool", other);
    }

    /** These settings with activations computed again, or kept. */
    public TrainingSettings withRecompute(boolean other) {
        return Components.with(this, "recompute", other);
    }

    /** These settings with another number of steps between checkpoints. */
    public TrainingSettings withCheckpointEvery(int other) {
        return Components.with(this, "checkpointEvery", other);
    }

    /** These settings with another number of checkpoints kept. */
    public TrainingSettings withKeep(int other) {
        return Components.with(this, "keep", other);
    }

    /**
     * The configuration of a run.
     *
     * @param seed of every random number of the run
     * @param falls of the learning rate that are decided
     * @param objective what is minimised
     * @param refined whether targets are not the values drawn
     */
    TrainingConfig config(long seed, Falls falls, Objective objective, boolean refined) {
        return new TrainingConfig(
                seed,
                BatchPart.whole(batch),
                new LearningRate(learningRate, warmup, decay, floor, falls),
                optimizer,
                momentum,
                beta1,
                beta2,
                epsilon,
                clipNorm,
                emaDecay,
                objective,
                recompute,
                refined);
    }
}
