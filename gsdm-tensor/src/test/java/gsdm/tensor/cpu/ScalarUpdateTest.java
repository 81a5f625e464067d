package gsdm.tensor.cpu;

import gsdm.tensor.cpu.scalar.ScalarKernels;

class ScalarUpdateTest extends UpdateContract {
    ScalarUpdateTest() {
        super("scalar", new ScalarKernels());
    }
}
