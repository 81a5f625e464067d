package gsdm.tensor.contract;

import gsdm.tensor.backend.Backend;

class CountingDeviceUpdateTest extends UpdateContract {
    @Override
    protected Backend open(int threads) {
        return new CountingDevice(threads);
    }
}
