package gsdm.tensor.cpu;

class ScalarOpTest extends OpContract {
    ScalarOpTest() {
        super("scalar");
    }
}
