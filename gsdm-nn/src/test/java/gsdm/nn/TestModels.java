package gsdm.nn;

import gsdm.nn.checkpoint.Falls;
import gsdm.nn.diffusion.Diffusion;
import gsdm.nn.diffusion.LevelWeight;
import gsdm.nn.diffusion.NoiseSchedule;
import gsdm.nn.diffusion.Objective;
import gsdm.nn.diffusion.Parameterisation;
import gsdm.nn.diffusion.Reduction;
import gsdm.nn.diffusion.TimeEmbedding;
import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.layout.EmbeddingKind;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.network.Denoiser;
import gsdm.nn.network.NetworkConfig;
import gsdm.nn.network.NormKind;
import gsdm.nn.train.BatchPart;
import gsdm.nn.train.LearningRate;
import gsdm.nn.train.LearningRate.Decay;
import gsdm.nn.train.Optimizer;
import gsdm.nn.train.TrainingConfig;
import gsdm.tensor.program.Attention.Neighbours;
import gsdm.tensor.sparse.SparsePattern;

import java.lang.foreign.Arena;
import java.util.List;

/** Small layouts and networks of awkward sizes. */
public final class TestModels {
    private TestModels() {}

    /** 5 + 2 continuous nodes and 3 of three options: N 10, X 16; a ring with self loops; K 4. */
    public static VariableLayout mixed() {
        List<ArrayLayout> arrays =
                List.of(
                        new ArrayLayout("a", 1, 0, 5, 0, 2, 4),
                        new ArrayLayout("b", 1, 5, 2, 5, 0, 0.5),
                        new ArrayLayout("d", 3, 7, 3, 7, 0, 1));
        int[] index = {0, 0, 1, 1, 1, 2, 2, 3, 3, 3};
        return VariableLayout.of(arrays, EmbeddingKind.EE, index, 4, ring(10));
    }

    /** Of {@link #mixed} nodes 0, 2 and 4 of a, 1 of b and 2 of d: N 5, X 7; a ring. */
    public static VariableLayout mixedPart() {
        List<ArrayLayout> arrays =
                List.of(
                        new ArrayLayout("a", 1, 0, 3, 0, 2, 4),
                        new ArrayLayout("b", 1, 3, 1, 3, 0, 0.5),
                        new ArrayLayout("d", 3, 4, 1, 4, 0, 1));
        int[] index = {0, 1, 1, 2, 3};
        return VariableLayout.of(arrays, EmbeddingKind.EE, index, 4, ring(5))
                .withPlaces(0, 2, 4, 1, 2);
    }

    /** 2 x 3 continuous nodes with array indices: N 6, X 6, K 1, P 2. */
    public static VariableLayout positional() {
        int[] positions = {0, 0, 0, 1, 0, 2, 1, 0, 1, 1, 1, 2};
        return VariableLayout.withPositions(
                List.of(new ArrayLayout("m", 1, 0, 6, 0, 0, 1)),
                new int[6],
                1,
                2,
                positions,
                ring(6));
    }

    /** Two nodes that see each other. */
    public static VariableLayout pair(double mean, double std) {
        return VariableLayout.of(
                List.of(
                        new ArrayLayout("cause", 1, 0, 1, 0, mean, std),
                        new ArrayLayout("effect", 1, 1, 1, 1, mean, std)),
                EmbeddingKind.IE,
                new int[] {0, 1},
                2,
                ring(2));
    }

    private static SparsePattern ring(int nodes) {
        return SparsePattern.symmetrise(
                nodes,
                sink -> {
                    for (int n = 0; n + 1 < nodes; n++) {
                        sink.edge(n, n + 1);
                    }
                },
                Arena.ofAuto());
    }

    /** 8 channels, 2 layers, 2 heads. */
    public static NetworkConfig small(Neighbours attention) {
        return new NetworkConfig(8, 2, 2, NormKind.LAYER, 4, attention, true, false, false);
    }

    /** A small network, sparse, that predicts x0. */
    public static Denoiser denoiser(VariableLayout layout) {
        return new Denoiser(small(Neighbours.SPARSE), layout.signature());
    }

    /** The standard schedule, predicting x0. */
    public static Diffusion diffusion() {
        return diffusion(Parameterisation.X0);
    }

    /** The standard schedule. */
    public static Diffusion diffusion(Parameterisation parameterisation) {
        return diffusion(NoiseSchedule.standard(), parameterisation);
    }

    /** Errors of clean values alike, and time steps as they are. */
    public static Diffusion diffusion(NoiseSchedule schedule, Parameterisation parameterisation) {
        return new Diffusion(
                schedule,
                parameterisation,
                LevelWeight.of(LevelWeight.Kind.UNIFORM),
                TimeEmbedding.STEP);
    }

    /** Constant learning rate, clip norm 1, mean loss. */
    public static TrainingConfig training(long seed, int batch, double learningRate) {
        return training(seed, BatchPart.whole(batch), learningRate);
    }

    /** Learning rate 1e-2. */
    public static TrainingConfig training(long seed, BatchPart part) {
        return training(seed, part, 1e-2);
    }

    private static TrainingConfig training(long seed, BatchPart part, double learningRate) {
        return training(seed, part, learningRate, Optimizer.ADAM);
    }

    /** The same with another optimizer. */
    public static TrainingConfig training(
            long seed, BatchPart part, double learningRate, Optimizer optimizer) {
        LearningRate rate = new LearningRate(learningRate, 0, Decay.CONSTANT, 0, Falls.NONE);
        return new TrainingConfig(
                seed,
                part,
                rate,
                optimizer,
                0.95,
                0.9,
                0.999,
                1e-8,
                1,
                0.99,
                Objective.squaredError(Reduction.MEAN),
                false,
                false);
    }
}
