package gsdm.tensor.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.ChildProcess;
import gsdm.tensor.backend.BackendProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class VirtualMachineTest {
    private static final Map<String, String> FAST =
            Map.of(
                    "TieredStopAtLevel", "4",
                    "UseCompiler", "true",
                    "UseFMA", "true",
                    "CompilationMode", "default");

    private static Optional<String> objection(Map<String, String> flags, String mode) {
        return new VirtualMachine("Test VM", mode, name -> Optional.ofNullable(flags.get(name)))
                .objection();
    }

    @Test
    void c2WithFastMultiplyAddsIsAllThatIsAsked() {
        assertThat(objection(FAST, "mixed mode, sharing")).isEmpty();
        assertThat(objection(FAST, "compiled mode")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "TieredStopAtLevel, 0, without its compiler C2",
        "TieredStopAtLevel, 1, without its compiler C2",
        "TieredStopAtLevel, 3, without its compiler C2",
        "UseCompiler, false, interprets",
        "UseJVMCICompiler, true, another compiler than C2",
        "EnableVectorSupport, false, does not compile vectors",
        "UseFMA, false, no fast fused multiply-adds",
    })
    void aFlagThatMakesVectorsSlowIsObjectedTo(String flag, String value, String reason) {
        Map<String, String> flags = new HashMap<>(FAST);
        flags.put(flag, value);
        assertThat(objection(flags, "mixed mode").orElseThrow()).contains(reason).contains("start");
    }

    @Test
    void clientModeAndUnknownMachinesAreObjectedTo() {
        assertThat(objection(FAST, "mixed mode, emulated-client").orElseThrow())
                .contains("without its compiler C2");
        assertThat(objection(Map.of(), "mixed mode").orElseThrow()).contains("(Test VM)");
    }

    /** Prints what the provider says. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] arguments) {
            switch (new VectorBackendProvider().probe()) {
                case BackendProvider.Usable usable -> System.out.println(usable.description());
                case BackendProvider.Unusable unusable -> System.out.println(unusable.reason());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-XX:+UseSerialGC, -bit vectors",
        "-Xint, interprets",
        "-XX:TieredStopAtLevel=1, without its compiler C2",
        "-XX:CompilationMode=quick-only, without its compiler C2",
        "-XX:+NeverActAsServerClassMachine, without its compiler C2",
        "-XX:-UseFMA, no fast fused multiply-adds",
    })
    void theProbeAsksTheMachineItRunsOn(String flag, String said) throws Exception {
        assertThat(ChildProcess.output(List.of(ChildProcess.VECTORS, flag), Probe.class))
                .contains(said);
    }
}
