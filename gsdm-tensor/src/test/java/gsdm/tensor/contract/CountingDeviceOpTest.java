package gsdm.tensor.contract;

import gsdm.tensor.backend.Backend;

class CountingDeviceOpTest extends OpContract {
    @Override
    protected Backend open(int threads) {
        return new CountingDevice(threads);
    }
}
