package gsdm.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.contract.AgainstScalarContract;
import gsdm.tensor.contract.Programs;
import gsdm.tensor.contract.TestProgram;
import gsdm.tensor.cpu.vector.VectorKernels;
import gsdm.tensor.program.Slot;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.Map;

class VectorOpTest extends AgainstScalarContract {
    @Override
    protected Backend open(int threads) {
        return Backends.open("vector", threads);
    }

    @Override
    protected void poison(Executable executable) {
        ((CpuExecutable) executable).poison();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsComputedAnewHasTheSameBits(Programs.Case test) {
        TestProgram forward = test.compose();
        requireSameBits(forward);
        TestProgram program = test.compose();
        program.differentiate();
        requireSameBits(program);
    }

    private void requireSameBits(TestProgram program) {
        Map<Slot, float[]> kept = run(program, 2);
        try (Backend anew = new CpuBackend("anew", "test", new VectorKernels(0), 3)) {
            program.run(anew, program.extents())
                    .forEach((slot, values) ->
                            assertThat(Arrays.equals(values, kept.get(slot)))
                                    .as("%s", slot)
                                    .isTrue());
        }
    }
}
