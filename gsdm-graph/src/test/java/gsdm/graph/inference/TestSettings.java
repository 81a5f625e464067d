package gsdm.graph.inference;

/** Settings of networks that are quick to train. */
final class TestSettings {
    private TestSettings() {}

    /** A network of two heads and four groups. */
    static ModelSettings network(int channels, int layers) {
        return ModelSettings.DEFAULTS
                .withGroups(4)
                .withChannels(channels)
                .withHeads(2)
                .withLayers(layers);
    }
}
