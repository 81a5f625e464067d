package gsdm.tensor.cpu;

class ScalarUpdateTest extends UpdateContract {
    ScalarUpdateTest() {
        super("scalar");
    }
}
