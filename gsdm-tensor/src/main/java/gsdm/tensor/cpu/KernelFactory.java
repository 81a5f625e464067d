package gsdm.tensor.cpu;

import gsdm.tensor.program.Op;

/** Binds ops to memory: what tells one CPU backend from another. */
@FunctionalInterface
public interface KernelFactory {
    /**
     * The kernel of an op; implementations switch over all ops, so a missing one does not compile.
     */
    Kernel bind(Op op, Addresses addresses);
}
