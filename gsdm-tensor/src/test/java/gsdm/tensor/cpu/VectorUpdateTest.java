package gsdm.tensor.cpu;

class VectorUpdateTest extends UpdateContract {
    VectorUpdateTest() {
        super("vector");
    }
}
