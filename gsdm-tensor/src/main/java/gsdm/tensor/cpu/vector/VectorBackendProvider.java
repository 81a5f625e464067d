package gsdm.tensor.cpu.vector;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.BackendProvider;
import gsdm.tensor.backend.BackendUnavailableException;
import gsdm.tensor.cpu.CpuBackend;
import gsdm.tensor.cpu.vector.core.Lanes;

import java.util.Optional;

/** Offers the backend of SIMD kernels, where Java has the Vector API and compiles it well. */
public final class VectorBackendProvider implements BackendProvider {
    private static final int LEAST_BITS = 128;

    @Override
    public String name() {
        return "vector";
    }

    @Override
    public Probe probe() {
        // Classes that need the module are touched only once it is known to be there.
        if (!VectorModule.isLoaded()) {
            return new Unusable(
                    "Java runs without the Vector API; start it with --add-modules "
                            + VectorModule.NAME);
        }
        Optional<String> slow = VirtualMachine.current().objection();
        if (slow.isPresent()) {
            return new Unusable(slow.get());
        }
        int bits = Lanes.BITS;
        if (bits < LEAST_BITS) {
            return new Unusable("this machine has no vectors of 128 bits or more that Java knows");
        }
        return new Usable(10, unit(bits));
    }

    private static String unit(int bits) {
        return bits + "-bit vectors";
    }

    @Override
    public Backend open(int threads) {
        return switch (probe()) {
            case Usable usable ->
                    new CpuBackend(name(), usable.description(), new VectorKernels(), threads);
            case Unusable unusable ->
                    throw new BackendUnavailableException(
                            "device " + name() + " cannot be used: " + unusable.reason());
        };
    }
}
