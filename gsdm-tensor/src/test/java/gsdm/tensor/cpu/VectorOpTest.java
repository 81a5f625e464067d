package gsdm.tensor.cpu;

import gsdm.tensor.cpu.vector.VectorKernels;

class VectorOpTest extends AgainstScalarContract {
    VectorOpTest() {
        super("vector", new VectorKernels());
    }
}
