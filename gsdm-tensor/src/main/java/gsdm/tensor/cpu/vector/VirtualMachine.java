package gsdm.tensor.cpu.vector;

import com.sun.management.HotSpotDiagnosticMXBean;

import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.function.Function;

/**
 * What can make vectors slower than plain loops: without the compiler C2 each is an object on the
 * heap, and without the processor's fused multiply-adds every lane of one is computed in decimals.
 *
 * @param name as in the property {@code java.vm.name}
 * @param mode as in the property {@code java.vm.info}
 * @param flags the value of a flag, if there is a flag of that name
 */
record VirtualMachine(String name, String mode, Function<String, Optional<String>> flags) {
    private static final int C2_LEVEL = 4;

    /** The one that runs this. */
    static VirtualMachine current() {
        return new VirtualMachine(
                System.getProperty("java.vm.name", "unnamed"),
                System.getProperty("java.vm.info", ""),
                ModuleLayer.boot().findModule("jdk.management").isPresent()
                        ? VirtualMachine::flag
                        : _ -> Optional.empty());
    }

    private static Optional<String> flag(String name) {
        try {
            return Optional.ofNullable(
                            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class))
                    .map(bean -> bean.getVMOption(name).getValue());
        } catch (IllegalArgumentException unknown) {
            return Optional.empty();
        }
    }

    /** Why vectors are slow here, and what to do about it; empty where they are fast. */
    Optional<String> objection() {
        Optional<Integer> level = flags.apply("TieredStopAtLevel").map(Integer::valueOf);
        if (level.isEmpty()) {
            return Optional.of(
                    "it needs the compiler C2, of which this Java ("
                            + name
                            + ") knows nothing; use an OpenJDK with the module jdk.management");
        }
        if (is("UseJVMCICompiler", true)) {
            return Optional.of(
                    "Java compiles with another compiler than C2; start it with"
                            + " -XX:-UseJVMCICompiler");
        }
        if (is("UseCompiler", false)) {
            return Optional.of(
                    "Java interprets without compiling; start it without -Xint, -XX:-UseCompiler"
                            + " and -XX:TieredStopAtLevel=0");
        }
        if (level.get() < C2_LEVEL || mode.contains("emulated-client")) {
            return Optional.of(
                    "Java runs without its compiler C2; start it without -XX:TieredStopAtLevel,"
                            + " -XX:CompilationMode and -XX:+NeverActAsServerClassMachine");
        }
        if (is("EnableVectorSupport", false)) {
            return Optional.of(
                    "Java does not compile vectors; start it without -XX:-EnableVectorSupport");
        }
        if (!is("UseFMA", true)) {
            return Optional.of(
                    "Java has no fast fused multiply-adds, since the processor has none or Java was"
                            + " started with -XX:-UseFMA");
        }
        return Optional.empty();
    }

    private boolean is(String flag, boolean value) {
        return flags.apply(flag).equals(Optional.of(Boolean.toString(value)));
    }
}
