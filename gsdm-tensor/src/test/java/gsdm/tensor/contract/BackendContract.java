package gsdm.tensor.contract;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;

/** What a contract has to know of the backend that it is held up to. */
public abstract class BackendContract {
    /**
     * Opens the backend; the contract closes it.
     *
     * @param threads how many threads or units share an op, 1 or more; what has no such number
     *     takes no notice
     */
    protected abstract Backend open(int threads);

    /**
     * Fills temporaries and workspace with NaN, so that an op that reads what none has written
     * shows it. A backend that cannot do that does without.
     */
    protected void poison(Executable executable) {}
}
