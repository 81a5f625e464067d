package gsdm.tensor.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.ChildProcess;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.contract.Programs;
import gsdm.tensor.contract.TestProgram;
import gsdm.tensor.contract.UpdateProgram;
import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.CpuBackend;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.KernelFactory;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Op;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The cases of the contract on vector kernels where Java runs in other ways than tests do. */
class ContractRunTest {
    private static List<String> lines(String argument, String... flags)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(flags));
        all.add(ChildProcess.VECTORS);
        List<String> lines = ChildProcess.output(all, ContractRun.class, argument).lines().toList();
        int cases = (argument.equals(ContractRun.CHECK) ? Programs.all() : Programs.small()).size();
        assertThat(lines).hasSize(1 + cases + 1);
        return lines;
    }

    /** However often a kernel has run, and so whatever of it has been compiled by then. */
    @Test
    void interpretedAndCompiledAgreeToTheBit() throws IOException, InterruptedException {
        List<String> compiled = lines("20", "-Xbatch", "-XX:CompileThresholdScaling=0.05");
        assertThat(compiled).isEqualTo(lines("1", "-Xint"));
    }

    @Test
    void vectorsOf128BitsHoldToTheContract() throws IOException, InterruptedException {
        List<String> lines = lines(ContractRun.CHECK, "-XX:MaxVectorSize=16");
        assertThat(lines.getFirst()).isEqualTo("128-bit vectors");
        assertThat(lines.subList(1, lines.size()))
                .allSatisfy(line -> assertThat(line).endsWith(": " + ContractRun.HOLDS));
    }

    /** Knows what it bound. */
    private static final class Recorded implements KernelFactory {
        final Set<Class<?>> ops = new HashSet<>();
        final Set<Class<?>> kernels = new HashSet<>();
        private final KernelFactory vector = new VectorKernels(0);

        @Override
        public boolean fuses(Op.Composite op, Extents reserve) {
            return vector.fuses(op, reserve);
        }

        @Override
        public Kernel bind(Op op, Addresses addresses) {
            Kernel kernel = vector.bind(op, addresses);
            ops.add(op.getClass());
            kernels.add(kernel.getClass());
            return kernel;
        }
    }

    @Test
    void everyOpAndEveryVectorKernelIsThatOfSomeCase() throws Exception {
        Recorded recorded = new Recorded();
        try (Backend device = new CpuBackend("recording", "test", recorded, 1)) {
            for (Programs.Case test : Programs.small()) {
                TestProgram program = test.compose();
                program.differentiate();
                device.estimate(program.program(), program.extents());
            }
            device.estimate(new UpdateProgram().program(), Extents.NONE);
        }
        assertThat(recorded.ops)
                .as("ops of cases: Programs.at, UpdateProgram")
                .containsAll(permitted(Op.class).toList());
        assertThat(recorded.kernels).containsAll(vectorKernels());
    }

    /** The records that an interface permits in the end. */
    private static Stream<Class<?>> permitted(Class<?> type) {
        return type.isSealed()
                ? Stream.of(type.getPermittedSubclasses()).flatMap(ContractRunTest::permitted)
                : Stream.of(type);
    }

    /** Every kernel class that was compiled from the packages of vector kernels. */
    private static Set<Class<?>> vectorKernels() throws IOException, URISyntaxException {
        Path classes =
                Path.of(
                        VectorKernels.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        Path packages = classes.resolve(VectorKernels.class.getPackageName().replace('.', '/'));
        try (Stream<Path> files = Files.walk(packages)) {
            Set<Class<?>> kernels =
                    files.map(classes::relativize)
                            .map(Path::toString)
                            .filter(name -> name.endsWith(".class"))
                            .map(name -> name.substring(0, name.length() - 6).replace('/', '.'))
                            .<Class<?>>map(ContractRunTest::named)
                            .filter(Kernel.class::isAssignableFrom)
                            .filter(kernel -> !Modifier.isAbstract(kernel.getModifiers()))
                            .collect(Collectors.toSet());
            assertThat(kernels).isNotEmpty();
            return kernels;
        }
    }

    private static Class<?> named(String name) {
        try {
            return Class.forName(name, false, VectorKernels.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
