package gsdm.tensor.tornado;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.BackendProvider;
import gsdm.tensor.backend.BackendUnavailableException;

import java.util.List;
import java.util.stream.Collectors;

/** Offers the first GPU that TornadoVM finds, or else the first device. */
public final class TornadoBackendProvider implements BackendProvider {
    /** Above the vector backend's: a GPU is what it was installed for. */
    private static final int GPU_SCORE = 1000;

    /** Below the scalar backend's: OpenCL on the processor itself is for checks. */
    private static final int OTHER_SCORE = 0;

    @Override
    public String name() {
        return TornadoBackend.NAME;
    }

    /** Found once: a driver that is missing says so the first time alone. */
    private static Probe found;

    @Override
    public Probe probe() {
        synchronized (TornadoBackendProvider.class) {
            if (found == null) {
                found = look();
            }
            return found;
        }
    }

    private static Probe look() {
        if (!TornadoDevices.started()) {
            return new Unusable(
                    "Java was started without TornadoVM's arguments; start gsdm as ./gsdm with"
                            + " TORNADOVM_HOME set, or see docs/gpu.md");
        }
        try {
            List<TornadoDevices.Numbered> devices = TornadoDevices.all();
            if (devices.isEmpty()) {
                return new Unusable(TornadoDevices.NONE);
            }
            TornadoDevices.Numbered chosen = TornadoDevices.chosen(devices);
            String others =
                    devices.stream()
                            .filter(device -> !device.equals(chosen))
                            .map(device -> "; also " + device.number() + " " + device)
                            .collect(Collectors.joining());
            return new Usable(
                    chosen.isGpu() ? GPU_SCORE : OTHER_SCORE,
                    chosen.number() + " " + chosen + others);
        } catch (IllegalArgumentException noSuchDevice) {
            return new Unusable(noSuchDevice.getMessage());
        } catch (Throwable failure) { // a missing driver is an error of a static initialiser
            return new Unusable(
                    TornadoDevices.NONE + " It says: " + TornadoDevices.reason(failure));
        }
    }

    @Override
    public Backend open(int threads) {
        if (probe() instanceof Unusable unusable) {
            throw new BackendUnavailableException(
                    "device " + name() + " cannot be used: " + unusable.reason());
        }
        TornadoBackend backend =
                new TornadoBackend(TornadoDevices.chosen(TornadoDevices.all()), threads);
        try {
            SelfCheck.run(backend);
        } catch (BackendUnavailableException wrong) {
            backend.close();
            throw wrong;
        } catch (RuntimeException | Error failure) {
            backend.close();
            throw new BackendUnavailableException(
                    "device %s cannot be used: its check failed: %s; --device vector goes without it"
                            .formatted(name(), TornadoDevices.reason(failure)));
        }
        return backend;
    }
}
