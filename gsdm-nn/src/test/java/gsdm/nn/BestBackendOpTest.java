package gsdm.nn;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.contract.AgainstScalarContract;
import gsdm.tensor.contract.Programs;

import java.util.List;

/** The contract as a module elsewhere finds it, in the test jar. */
class BestBackendOpTest extends AgainstScalarContract {
    protected static List<Programs.Case> cases() {
        return Programs.small();
    }

    @Override
    protected Backend open(int threads) {
        return Backends.open(Backends.AUTO, threads);
    }
}
