package gsdm.nn.reference;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The small set of fixtures that ships inside the library. */
public final class ShippedFixtures {
    private static final String INDEX = "fixtures.index";

    private ShippedFixtures() {}

    /** The names of the files, in the order of the index. */
    public static List<String> names() throws IOException {
        try (InputStream index = open(INDEX)) {
            return new String(index.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    /** Copies the fixtures into a folder and returns their files, in the order of the index. */
    public static List<Path> copyTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        List<Path> files = names().stream().map(folder::resolve).toList();
        for (Path file : files) {
            try (InputStream fixture = open(String.valueOf(file.getFileName()))) {
                Files.copy(fixture, file, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return files;
    }

    private static InputStream open(String name) throws IOException {
        InputStream stream = ShippedFixtures.class.getResourceAsStream(name);
        if (stream == null) {
            throw new IOException("the library lacks its resource " + name);
        }
        return stream;
    }
}
