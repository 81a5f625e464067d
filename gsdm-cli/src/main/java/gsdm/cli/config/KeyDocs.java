package gsdm.cli.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** One line of documentation for each key of the libraries' configuration records. */
public final class KeyDocs {

    private final Properties lines = new Properties();

    /** Reads the lines that ship with the command. */
    public KeyDocs() {
        try (InputStream in = KeyDocs.class.getResourceAsStream("keys.properties")) {
            lines.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The line of a key, or nothing if it has none. */
    public String line(String section, String key) {
        return lines.getProperty(section + "." + key, "");
    }
}
