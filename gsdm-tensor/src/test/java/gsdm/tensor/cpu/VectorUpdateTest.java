package gsdm.tensor.cpu;

import gsdm.tensor.cpu.vector.VectorKernels;

class VectorUpdateTest extends UpdateContract {
    VectorUpdateTest() {
        super("vector", new VectorKernels());
    }
}
