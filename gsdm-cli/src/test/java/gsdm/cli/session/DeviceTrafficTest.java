package gsdm.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.ForwardingBackend;
import gsdm.tensor.backend.Traffic;

import org.junit.jupiter.api.Test;

class DeviceTrafficTest {
    private static final class Busy extends ForwardingBackend {
        private Traffic traffic = Traffic.NONE;

        Busy() {
            super(Backends.open("scalar", 1));
        }

        void work(long launches, long kernels, long up, long down) {
            traffic = traffic.plus(new Traffic(launches, kernels, kernels * 1_000_000L, up, down));
        }

        @Override
        public Traffic traffic() {
            return traffic;
        }
    }

    @Test
    void theFirstStepIsByItselfAndWhatIsBetweenStepsDoesNotCount() {
        try (Busy backend = new Busy()) {
            DeviceTraffic traffic = new DeviceTraffic(backend);
            for (int step = 1; step <= 3; step++) {
                traffic.begin();
                backend.work(10, step == 1 ? 200 : 0, 2048, 512);
                traffic.end();
                backend.work(99, 99, 99, 99); // an evaluation
            }
            assertThat(traffic.line())
                    .hasValue(
                            "the device compiled 200 kernels in 0.2 s at the first step and 0"
                                    + " later; a step launched 10, and moved 2.0 KiB to it and 0.5"
                                    + " KiB back");
        }
    }

    @Test
    void whereNothingMovesNothingIsSaid() {
        try (Busy backend = new Busy()) {
            DeviceTraffic traffic = new DeviceTraffic(backend);
            traffic.begin();
            traffic.end();
            traffic.begin();
            traffic.end();
            assertThat(traffic.line()).isEmpty();
        }
    }
}
