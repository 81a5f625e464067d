package gsdm.cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** The machine and the software that a run's figures come from. */
public final class Environment {

    private static final double KILO = 1000;

    private Environment() {}

    /**
     * Describes this process.
     *
     * @param version gsdm's version
     * @param device the line that the chosen backend says of itself
     * @param threads the threads it computes with
     */
    public static Map<String, Object> describe(String version, String device, int threads) {
        Map<String, Object> entries = new LinkedHashMap<>();
        entries.put("gsdm", version);
        entries.put("started", Instant.now().toString());
        entries.put("device", device);
        entries.put("threads", threads);
        entries.put("cpu", cpu());
        entries.put("cores", Runtime.getRuntime().availableProcessors());
        entries.put("os", property("os.name") + " " + property("os.version"));
        entries.put("arch", property("os.arch"));
        entries.put("jdk", property("java.vendor") + " " + property("java.runtime.version"));
        entries.put("heap-max-bytes", Runtime.getRuntime().maxMemory());
        return entries;
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown");
    }

    /** The processor's name where Linux tells it; elsewhere what the JDK knows. */
    public static String cpu() {
        return cpuInfo("model name").orElse(property("os.arch"));
    }

    /** The processor's clock in gigahertz just now, where Linux tells it. */
    public static OptionalDouble clock() {
        return cpuInfo("cpu MHz").stream()
                .mapToDouble(text -> Double.parseDouble(text) / KILO)
                .max();
    }

    private static Optional<String> cpuInfo(String name) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith(name))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
