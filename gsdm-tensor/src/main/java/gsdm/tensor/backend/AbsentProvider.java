package gsdm.tensor.backend;

/** Stands for a backend that there is, of a module that is not on the class path. */
record AbsentProvider(String name, String reason) implements BackendProvider {
    /** Programs on GPUs. */
    static final AbsentProvider TORNADO =
            new AbsentProvider(
                    "tornado",
                    "gsdm was built without TornadoVM's SDK, which GPUs need; docs/gpu.md says how"
                            + " to get it");

    @Override
    public Probe probe() {
        return new Unusable(reason);
    }

    @Override
    public Backend open(int threads) {
        throw new BackendUnavailableException("device " + name + " cannot be used: " + reason);
    }
}
