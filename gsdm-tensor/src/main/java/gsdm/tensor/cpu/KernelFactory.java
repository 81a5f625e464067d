package gsdm.tensor.cpu;

import gsdm.tensor.program.Op;

/** Binds ops to memory: what tells one CPU backend from another. */
public interface KernelFactory {
    /**
     * The kernel of an op; implementations switch over all ops, so a missing one does not compile.
     */
    Kernel bind(Op op, Addresses addresses);

    /** Whether {@link #bind} takes a composite op; if not, its parts run in its place. */
    default boolean fuses(Op.Composite op) {
        return false;
    }
}
