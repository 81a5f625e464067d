package gsdm.tensor.tornado;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.BackendProvider;

import org.junit.jupiter.api.Assumptions;

import java.util.concurrent.atomic.AtomicBoolean;

/** The device that tests run on; where there is none they are skipped, and say why once. */
final class TestDevice {
    private static final AtomicBoolean SAID = new AtomicBoolean();

    private TestDevice() {}

    static Backend open(int threads) {
        TornadoBackendProvider provider = new TornadoBackendProvider();
        switch (provider.probe()) {
            case BackendProvider.Usable found -> say("run on " + found.description());
            case BackendProvider.Unusable none -> {
                say("do not run: " + none.reason());
                Assumptions.abort(none.reason());
            }
        }
        return provider.open(threads);
    }

    private static void say(String what) {
        if (SAID.compareAndSet(false, true)) {
            System.out.println("Tests of the device " + what);
        }
    }
}
