package gsdm.tensor.cpu;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.contract.AgainstScalarContract;

class VectorOpTest extends AgainstScalarContract {
    @Override
    protected Backend open(int threads) {
        return Backends.open("vector", threads);
    }

    @Override
    protected void poison(Executable executable) {
        ((CpuExecutable) executable).poison();
    }
}
