package gsdm.cli.session;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Traffic;

import java.util.Locale;
import java.util.Optional;

/** What the steps of a session asked of a device, the first one, which compiles, by itself. */
final class DeviceTraffic {
    private static final double SECOND = 1e9;
    private static final double KIBIBYTE = 1024;

    private final Backend backend;
    private Traffic first = Traffic.NONE;
    private Traffic later = Traffic.NONE;
    private Traffic before = Traffic.NONE;
    private long steps;

    DeviceTraffic(Backend backend) {
        this.backend = backend;
    }

    /** A step begins. */
    void begin() {
        before = backend.traffic();
    }

    /** The step has ended. */
    void end() {
        Traffic step = backend.traffic().since(before);
        if (steps == 0) {
            first = step;
        } else {
            later = later.plus(step);
        }
        steps++;
    }

    /** A line for people; none where nothing moved, or there was one step or none. */
    Optional<String> line() {
        if (steps < 2 || later.equals(Traffic.NONE)) {
            return Optional.empty();
        }
        double count = steps - 1.0;
        return Optional.of(
                String.format(
                        Locale.ROOT,
                        "the device compiled %d kernels in %.1f s at the first step and %d later; a"
                                + " step launched %.0f, and moved %.1f KiB to it and %.1f KiB back",
                        first.kernels(),
                        first.compileNanos() / SECOND,
                        later.kernels(),
                        later.launches() / count,
                        later.bytesUp() / count / KIBIBYTE,
                        later.bytesDown() / count / KIBIBYTE));
    }
}
