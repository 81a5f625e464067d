package gsdm.tensor.tornado;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.contract.AgainstScalarContract;

import org.junit.jupiter.api.Tag;

/** Every op at every size of the contract, which takes an hour or two where a compiler is slow. */
@Tag("gpu")
@Tag("slow")
class TornadoAllOpsTest extends AgainstScalarContract {
    @Override
    protected Backend open(int threads) {
        return TestDevice.open(threads);
    }
}
