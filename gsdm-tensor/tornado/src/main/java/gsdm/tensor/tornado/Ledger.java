package gsdm.tensor.tornado;

import gsdm.tensor.backend.Traffic;

/** Counts what a device is asked for. */
final class Ledger {
    private long launches;
    private long kernels;
    private long compileNanos;
    private long bytesUp;
    private long bytesDown;

    void launched(long count) {
        launches += count;
    }

    void compiled(long count, long nanos) {
        kernels += count;
        compileNanos += nanos;
    }

    void up(long bytes) {
        bytesUp += bytes;
    }

    void down(long bytes) {
        bytesDown += bytes;
    }

    Traffic traffic() {
        return new Traffic(launches, kernels, compileNanos, bytesUp, bytesDown);
    }
}
