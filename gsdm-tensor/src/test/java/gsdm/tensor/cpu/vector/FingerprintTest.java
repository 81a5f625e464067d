package gsdm.tensor.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.ChildProcess;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

/** The same bits whether kernels are interpreted or compiled. */
class FingerprintTest {
    @Test
    void interpretedAndCompiledAgreeToTheBit() throws IOException, InterruptedException {
        int compiled = Fingerprint.of(400);
        assertThat(ChildProcess.output(List.of(ChildProcess.VECTORS, "-Xint"), Fingerprint.class))
                .isEqualTo(Integer.toString(compiled));
    }
}
