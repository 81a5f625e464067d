package gsdm.graph.inference;

/**
 * Everything about a run but the model and its conditioning.
 *
 * @param model the network
 * @param diffusion the noise schedule
 * @param training how the network is trained
 * @param sampling how samples are drawn
 */
public record Settings(
        ModelSettings model,
        DiffusionSettings diffusion,
        TrainingSettings training,
        SamplingSettings sampling) {
    /** The defaults of every part; 50 deterministic sampling steps. */
    public static final Settings DEFAULTS =
            new Settings(
                    ModelSettings.DEFAULTS,
                    DiffusionSettings.DEFAULTS,
                    TrainingSettings.DEFAULTS,
                    SamplingSettings.DEFAULTS);

    /** These settings with another network. */
    public Settings with(ModelSettings other) {
        return new Settings(other, diffusion, training, sampling);
    }

    /** These settings with another noise schedule. */
    public Settings with(DiffusionSettings other) {
        return new Settings(model, other, training, sampling);
    }

    /** These settings with another training. */
    public Settings with(TrainingSettings other) {
        return new Settings(model, diffusion, other, sampling);
    }

    /** These settings with other sampling. */
    public Settings with(SamplingSettings other) {
        return new Settings(model, diffusion, training, other);
    }
}
