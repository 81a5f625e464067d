package gsdm.nn.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.nn.TestModels;
import gsdm.nn.checkpoint.CheckpointException.Kind;
import gsdm.nn.checkpoint.CheckpointHeader.ArrayScale;
import gsdm.nn.network.Denoiser;
import gsdm.nn.network.NetworkConfig;
import gsdm.nn.network.NormKind;
import gsdm.nn.network.WeightKind;
import gsdm.nn.network.Weights;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.io.SafetensorsFile;
import gsdm.tensor.io.SafetensorsWriter;
import gsdm.tensor.io.TensorView;
import gsdm.tensor.program.Attention.Neighbours;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Checkpoints that others changed, wrote or closed off: which are taken, and what is said. */
class ForeignCheckpointTest {
    private static final CheckpointHeader HEADER =
            new CheckpointHeader(
                    2,
                    7,
                    Falls.parse("70-100 80-90"),
                    List.of(new ArrayScale("a", 0.5, 2), new ArrayScale("b", -1e-5, 1 / 3.0)),
                    Map.of("model.channels", "8"));

    @TempDir private Path folder;
    private Denoiser denoiser = TestModels.denoiser(TestModels.mixed());
    private Path earlier;
    private Path file;

    @BeforeEach
    void save() {
        Block parameters = denoiser.parameters().block();
        Block moment1 = parameters.like("moment1");
        Block moment2 = parameters.like("moment2");
        Block average = parameters.like("average");
        List<Block> blocks = List.of(parameters, moment1, moment2, average);
        try (Backend backend = Backends.open("scalar", 1);
                Memory memory = backend.allocate(Extents.NONE, blocks)) {
            for (int i = 0; i < blocks.size(); i++) {
                MemorySegment segment = memory.write(blocks.get(i));
                RandomStream.fillNormal(i, 0, segment, 0, (int) (segment.byteSize() / 4));
            }
            TrainingState state = new TrainingState(memory, parameters, moment1, moment2, average);
            earlier = folder.resolve("step-000000001.safetensors");
            file = folder.resolve("step-000000002.safetensors");
            Checkpoint.write(earlier, HEADER, state);
            Checkpoint.write(file, HEADER, state);
        }
    }

    private CheckpointException refused() {
        try (Checkpoint _ = Checkpoint.open(file)) {
            throw new AssertionError("this was taken: " + file);
        } catch (CheckpointException refused) {
            assertThat(refused).hasMessageStartingWith("checkpoint " + file + ": ");
            return refused;
        }
    }

    /** The store passes over what is damaged, and stops at all else. */
    private void assertStops(Kind kind, String... words) {
        CheckpointStore store = new CheckpointStore(folder, 3);
        assertThat(refused().kind()).isEqualTo(kind);
        assertThat(refused()).hasMessageContainingAll(words);
        assertThatThrownBy(store::latest)
                .hasMessageStartingWith(refused().getMessage())
                .hasMessageContaining("move it out of the folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n  "})
    void whatAnotherLibrarySavedAgainIsTheSameCheckpoint(String space) throws IOException {
        requireSavedAgainIsTheSame(space);
    }

    /** Tensors were once listed as networks declare them; here, with layers 2 and 10 among them. */
    @Test
    void aCheckpointInTheEarlierOrderIsTheSameAlsoSavedAgain() throws IOException {
        denoiser =
                new Denoiser(
                        new NetworkConfig(
                                4, 11, 1, NormKind.GROUP, 1, Neighbours.SPARSE, true, false, true),
                        TestModels.mixed().signature());
        save();
        List<String> byName = namesInFile();
        List<String> declared = new ArrayList<>();
        for (String prefix : TrainingState.PREFIXES) {
            denoiser.parameters()
                    .block()
                    .slots()
                    .forEach(slot -> declared.add(prefix + "." + slot.name()));
        }
        assertThat(declared).isNotEqualTo(byName);
        write(HeaderText.write(HEADER), declared, "none", 0);
        assertThat(namesInFile()).isEqualTo(declared);
        requireSavedAgainIsTheSame("");
    }

    private List<String> namesInFile() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return SafetensorsFile.open(file, arena).names();
        }
    }

    private void requireSavedAgainIsTheSame(String space) throws IOException {
        float[] before = embeddings();
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, savedAgain(space, Map.of("comment", "saved again")));
        assertThat(embeddings()).containsExactly(before);
        Files.write(file, whole);
        byte[] bytes = savedAgain(space, Map.of());
        Files.write(file, bytes);
        assertThat(embeddings()).containsExactly(before);
        for (int i = 0; i < 40; i++) {
            byte[] flipped = bytes.clone();
            int at = i < 20 ? i * 89 : RandomStream.below(1, i, bytes.length);
            flipped[at] ^= 1;
            if (Character.isWhitespace(flipped[at])) {
                continue;
            }
            Files.write(file, flipped);
            assertThat(refused()).as("byte %d", at).hasMessageStartingWith("checkpoint ");
        }
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 4));
        assertThat(refused().kind()).isEqualTo(Kind.DAMAGED);
    }

    private float[] embeddings() {
        try (Checkpoint checkpoint = Checkpoint.open(file);
                Backend backend = Backends.open("scalar", 1);
                Weights weights = new Weights(backend, denoiser)) {
            assertThat(checkpoint.header()).isEqualTo(HEADER);
            checkpoint.read(WeightKind.EMA, weights);
            return weights.memory()
                    .read(denoiser.parameters().block().slot("embeddings"))
                    .toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /**
     * Metadata by name, tensors the other way round, JSON spaced, no padding: the data is not even
     * aligned.
     */
    private byte[] savedAgain(String space, Map<String, String> more) throws IOException {
        String json = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        String checksum = json.substring(json.indexOf("crc32c") + 9, json.indexOf("crc32c") + 17);
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        StringBuilder header = new StringBuilder("{\"__metadata__\":");
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsFile read = SafetensorsFile.open(file, arena);
            Map<String, String> metadata = new TreeMap<>(read.metadata());
            metadata.put("crc32c", checksum);
            metadata.putAll(more);
            String entries = "";
            for (Map.Entry<String, String> each : metadata.entrySet()) {
                entries +=
                        (entries.isEmpty() ? "{" : "," + space)
                                + "\"%s\":%s\"%s\""
                                        .formatted(each.getKey(), space, each.getValue());
            }
            header.append(space).append(entries).append('}');
            for (String name : new TreeSet<>(read.names()).descendingSet()) {
                TensorView tensor = read.get(name);
                int begin = data.size();
                data.writeBytes(tensor.data().toArray(ValueLayout.JAVA_BYTE));
                header.append(
                        ",%s\"%s\":{\"data_offsets\":[%d,%d],\"shape\":%s,\"dtype\":\"F32\"}"
                                .formatted(
                                        space,
                                        name,
                                        begin,
                                        data.size(),
                                        Arrays.toString(tensor.shape())));
            }
        }
        byte[] text = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + data.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .put(data.toByteArray())
                .array();
    }

    /** Writes the checkpoint again, whole, with one header entry changed; a null removes it. */
    private void change(String key, String value) throws IOException {
        Map<String, String> text = new LinkedHashMap<>(HeaderText.write(HEADER));
        text.remove(key);
        if (value != null) {
            text.put(key, value);
        }
        write(text, namesInFile(), "none", 0);
    }

    /** Writes the checkpoint again, tensors in that order, with another first entry of one. */
    private void write(Map<String, String> text, List<String> names, String tensor, float first)
            throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        text.forEach(writer::metadata);
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsFile read = SafetensorsFile.open(file, arena);
            for (String name : names) {
                float[] values = read.floats(name);
                if (name.equals(tensor)) {
                    values[0] = first;
                }
                writer.floats(name, values, read.get(name).shape());
            }
        }
        writer.write(file);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "arrays         | 1     | the entry array.1.",
                "arrays         | 3     | no entry array.2.name",
                "arrays         | -1    | the entry array.0.",
                "arrays         | many  | many in place of a number at arrays",
                "arrays         | -     | no entry arrays",
                "array.1.name   | -     | no entry array.1.name",
                "array.0.std    | -     | no entry array.0.std",
                "array.2.std    | 1     | the entry array.2.std",
                "array.x        | 1     | the entry array.x",
                "array.0.std    | 0     | array a must have a finite mean and a positive std",
                "array.0.std    | -2    | array a",
                "array.0.std    | NaN   | array a",
                "array.0.std    | 1e-60 | array a",
                "array.0.std    | 1e60  | array a",
                "array.1.mean   | Infinity | array b",
                "array.1.mean   | 1e39  | array b",
                "array.1.mean   | half  | half in place of a number at array.1.mean",
                "step           | -1    | step must be 0 or more",
                "step           | 1.5   | 1.5 in place of a number at step",
                "falls          | 9-9   | a fall ends after it begins, at step 0 or later; found"
                        + " 9-9",
                "falls          | 9     | falls are written as 800-1000 or 800-1000 900-950; found"
                        + " 9",
                "falls          | -     | no entry falls",
                "seed           | -     | no entry seed",
                "version        | -     | the format version null",
                "version        | 0     | the format version 0",
            })
    void anOddHeaderIsRefusedInWords(String key, String value, String words) throws IOException {
        change(key, value);
        assertStops(Kind.INVALID, words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "10", "1.1", "2.0-beta"})
    void aNewerVersionIsNotCalledDamaged(String version) throws IOException {
        change("version", version);
        assertStops(Kind.UNKNOWN, "format version " + version, "use a newer gsdm");
        Files.write(file, savedAgain("", Map.of("crc32c", "00000000"))); // by a rule to come
        assertStops(Kind.UNKNOWN, "format version " + version, "use a newer gsdm");
    }

    @Test
    void anotherFormatIsNotCalledDamaged() throws IOException {
        change("format", "pt");
        assertStops(Kind.UNKNOWN, "not a checkpoint of gsdm");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void whatIsNotFiniteIsNotRead(float value) throws IOException {
        for (String prefix : TrainingState.PREFIXES) {
            String name = prefix + ".layers.0.attention.out.bias";
            save();
            write(HeaderText.write(HEADER), namesInFile(), name, value);
            assertStops(Kind.INVALID, name + " holds a value that is not finite");
        }
    }

    @Test
    void whatCannotBeReadIsNotCalledDamaged() throws IOException {
        Files.delete(file);
        Files.createDirectory(file);
        assertStops(Kind.UNREADABLE, "this is not a file");
        Files.delete(file);
        Files.createSymbolicLink(file, file);
        assertStops(Kind.UNREADABLE, "it cannot be read: ");
        Files.delete(file);
        assertThat(refused().kind()).isEqualTo(Kind.UNREADABLE);
        assertThat(refused()).hasMessageContaining("there is no such file");
    }

    /** Made, not provoked: where tests run as root, nothing is denied. */
    @Test
    void aMissingPermissionIsNamed() {
        CheckpointException denied =
                CheckpointException.unreadable(file, new AccessDeniedException(file.toString()));
        assertThat(denied)
                .hasMessage("checkpoint " + file + ": it cannot be read: permission denied");
    }

    @Test
    void aFolderOfCheckpointsThatCannotBeReadIsNotEmpty() throws IOException {
        assertThatThrownBy(() -> new CheckpointStore(earlier, 1).latest())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("cannot be read");
    }
}
