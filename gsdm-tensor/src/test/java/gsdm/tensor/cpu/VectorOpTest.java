package gsdm.tensor.cpu;

class VectorOpTest extends AgainstScalarContract {
    VectorOpTest() {
        super("vector");
    }
}
