package gsdm.tensor.cpu;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.contract.UpdateContract;

class ScalarUpdateTest extends UpdateContract {
    @Override
    protected Backend open(int threads) {
        return Backends.open("scalar", threads);
    }
}
