package gsdm.tensor.tornado;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.contract.AgainstScalarContract;
import gsdm.tensor.contract.Programs;

import org.junit.jupiter.api.Tag;

import java.util.List;

/** Every op, in a few programs: each kernel is compiled anew in each. */
@Tag("gpu")
class TornadoOpTest extends AgainstScalarContract {
    protected static List<Programs.Case> cases() {
        return Programs.few().stream().map(Programs.Pair::small).toList();
    }

    protected static List<Programs.Pair> pairs() {
        return Programs.few();
    }

    @Override
    protected Backend open(int threads) {
        return TestDevice.open(threads);
    }
}
