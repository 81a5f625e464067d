package gsdm.tensor.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TornadoDevicesTest {
    @Test
    void aFailureIsToldInTheDevicesWords() {
        String said =
                "Bailout is disabled. \n"
                        + "Reason: \u001b[31mUnable to compile\u001b[0m touch0\n"
                        + "Stacktrace: gsdm.Plan\n"
                        + " at run";
        Exception failure = new IllegalStateException("outer", new RuntimeException(said));
        assertThat(TornadoDevices.reason(failure)).isEqualTo("Unable to compile touch0");
    }

    @Test
    void aFailureWithoutWordsIsNamed() {
        assertThat(TornadoDevices.reason(new RuntimeException(new StackOverflowError())))
                .isEqualTo("java.lang.StackOverflowError");
    }
}
