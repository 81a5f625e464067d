package gsdm.cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** The machine and the software that a run's figures come from. */
public final class Environment {

    private Environment() {}

    /**
     * Describes this process.
     *
     * @param version gsdm's version, with its commit where the build knew one
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
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse(property("os.arch"));
        } catch (IOException e) {
            return property("os.arch");
        }
    }
}
