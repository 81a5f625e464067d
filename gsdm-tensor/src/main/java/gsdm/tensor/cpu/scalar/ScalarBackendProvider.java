package gsdm.tensor.cpu.scalar;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.BackendProvider;
import gsdm.tensor.cpu.CpuBackend;

/** Offers the reference backend, which works everywhere and comes last. */
public final class ScalarBackendProvider implements BackendProvider {
    private static final String UNIT = "plain loops in double precision";

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public Probe probe() {
        return new Usable(1, UNIT);
    }

    @Override
    public Backend open(int threads) {
        return new CpuBackend(name(), UNIT, new ScalarKernels(), threads);
    }
}
