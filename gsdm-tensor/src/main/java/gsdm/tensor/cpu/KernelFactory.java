package gsdm.tensor.cpu;

import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Op;

/** Binds ops to memory: what tells one CPU backend from another. */
public interface KernelFactory {
    /**
     * The kernel of an op; implementations switch over all ops, so a missing one does not compile.
     */
    Kernel bind(Op op, Addresses addresses);

    /**
     * Whether a composite op is one to {@link #bind}; if not, its parts run in its place.
     *
     * @param reserve the largest sizes
     */
    default boolean fuses(Op.Composite op, Extents reserve) {
        return false;
    }
}
