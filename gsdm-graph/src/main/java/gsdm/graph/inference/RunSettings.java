package gsdm.graph.inference;

import static gsdm.nn.sample.SamplerConfig.Solver.DDIM;

import gsdm.nn.checkpoint.Falls;
import gsdm.nn.diffusion.Diffusion;
import gsdm.nn.diffusion.Objective;
import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.sample.SamplerConfig;
import gsdm.nn.train.TrainingConfig;
import gsdm.tensor.program.Loss.Criterion;

import java.util.List;
import java.util.Objects;

/**
 * Everything about a run but the model and its conditioning.
 *
 * @param model the network
 * @param diffusion the noise schedule
 * @param training how the network is trained
 * @param sampling how samples are drawn
 */
public record RunSettings(
        ModelSettings model,
        DiffusionSettings diffusion,
        TrainingSettings training,
        SamplingSettings sampling) {
    /** The defaults of every part. */
    public static final RunSettings DEFAULTS =
            new RunSettings(
                    ModelSettings.DEFAULTS,
                    DiffusionSettings.DEFAULTS,
                    TrainingSettings.DEFAULTS,
                    SamplingSettings.DEFAULTS);

    public RunSettings {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(diffusion, "diffusion");
        Objects.requireNonNull(training, "training");
        Objects.requireNonNull(sampling, "sampling");
    }

    /** How values are noised, and what is predicted of them. */
    Diffusion process() {
        return switch (model.system()) {
            case DIFFUSION ->
                    new Diffusion(
                            diffusion.noiseSchedule(),
                            model.prediction(),
                            diffusion.levelWeight(),
                            diffusion.timeEmbedding());
            case REGRESSOR_GS -> Diffusion.none();
        };
    }

    /**
     * How a network for a model's arrays is trained. A regressor regresses on discrete values too,
     * whatever is asked.
     *
     * @param seed of every random number of the run
     * @param falls of the learning rate that are decided
     * @param refined whether targets are not the values drawn
     */
    TrainingConfig training(long seed, Falls falls, List<ArrayLayout> arrays, boolean refined) {
        Criterion discrete =
                switch (model.system()) {
                    case DIFFUSION -> training.discreteLoss();
                    case REGRESSOR_GS -> Criterion.SQUARED_ERROR;
                };
        return training.config(
                seed,
                falls,
                new Objective(discrete, training.arrayWeights().of(arrays), training.reduction()),
                refined);
    }

    /**
     * How samples of this system are drawn: those of a regressor in one pass, whatever is asked.
     *
     * @throws IllegalArgumentException if there are fewer noise levels than steps
     */
    SamplerConfig sampler(SamplingSettings asked) {
        SamplerConfig config =
                switch (model.system()) {
                    case DIFFUSION -> asked.config();
                    case REGRESSOR_GS -> asked.withSteps(1).withEta(0).withSolver(DDIM).config();
                };
        config.timeSteps(process().schedule());
        return config;
    }

    /** How many sweeps samples of this system are moved by at the end. */
    int sweeps(SamplingSettings asked) {
        return switch (model.system()) {
            case DIFFUSION -> asked.gibbsSweeps();
            case REGRESSOR_GS -> 0;
        };
    }

    /** These settings with another network. */
    public RunSettings with(ModelSettings other) {
        return new RunSettings(other, diffusion, training, sampling);
    }

    /** These settings with another noise schedule. */
    public RunSettings with(DiffusionSettings other) {
        return new RunSettings(model, other, training, sampling);
    }

    /** These settings with another training. */
    public RunSettings with(TrainingSettings other) {
        return new RunSettings(model, diffusion, other, sampling);
    }

    /** These settings with other sampling. */
    public RunSettings with(SamplingSettings other) {
        return new RunSettings(model, diffusion, training, other);
    }
}
