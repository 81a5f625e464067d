package gsdm.tensor.tornado;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.contract.UpdateContract;

import org.junit.jupiter.api.Tag;

@Tag("gpu")
class TornadoUpdateTest extends UpdateContract {
    @Override
    protected Backend open(int threads) {
        return TestDevice.open(threads);
    }
}
