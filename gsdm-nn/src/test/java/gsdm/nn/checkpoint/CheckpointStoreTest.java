package gsdm.nn.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.nn.TestModels;
import gsdm.nn.checkpoint.CheckpointHeader.ArrayScale;
import gsdm.nn.network.Denoiser;
import gsdm.nn.network.WeightKind;
import gsdm.nn.network.Weights;
import gsdm.nn.reference.ShippedFixtures;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

class CheckpointStoreTest {
    @TempDir private Path folder;
    private final Denoiser denoiser = TestModels.denoiser(TestModels.mixed());
    private final Backend backend = Backends.open("scalar", 1);
    private final TrainingState state = state();

    private TrainingState state() {
        Block parameters = denoiser.parameters().block();
        Block moment1 = parameters.like("moment1");
        Block moment2 = parameters.like("moment2");
        Block average = parameters.like("average");
        List<Block> blocks = List.of(parameters, moment1, moment2, average);
        Memory memory = backend.allocate(Extents.NONE, blocks);
        for (int i = 0; i < blocks.size(); i++) {
            MemorySegment segment = memory.write(blocks.get(i));
            RandomStream.fillNormal(i, 0, segment, 0, (int) (segment.byteSize() / 4));
        }
        return new TrainingState(memory, parameters, moment1, moment2, average);
    }

    @AfterEach
    void close() {
        state.memory().close();
        backend.close();
    }

    private static CheckpointHeader header(long step) {
        return new CheckpointHeader(
                step,
                -3,
                Falls.parse("4000-5000"),
                List.of(
                        new ArrayScale("a", 0.1, 1 / 3.0),
                        new ArrayScale("ünïcode \"b\"", -1e-300, 2)),
                Map.of("model.channels", "8", "text", "line one\nline two: \"quoted\""));
    }

    @Test
    void whatIsSavedIsRead() {
        CheckpointStore store = new CheckpointStore(folder.resolve("new/folder"), 3);
        Path file = store.save(header(1000), state);
        assertThat(file.getFileName()).hasToString("step-000001000.safetensors");
        try (Checkpoint checkpoint = Checkpoint.open(file);
                Weights ema = new Weights(backend, denoiser);
                Weights raw = new Weights(backend, denoiser)) {
            assertThat(checkpoint.header()).isEqualTo(header(1000));
            checkpoint.read(WeightKind.EMA, ema);
            checkpoint.read(WeightKind.RAW, raw);
            for (var slot : denoiser.parameters().block().slots()) {
                assertThat(ema.memory().read(slot).toArray(ValueLayout.JAVA_INT))
                        .isEqualTo(
                                state.memory()
                                        .read(state.average().twin(slot))
                                        .toArray(ValueLayout.JAVA_INT));
                assertThat(raw.memory().read(slot).toArray(ValueLayout.JAVA_INT))
                        .isEqualTo(state.memory().read(slot).toArray(ValueLayout.JAVA_INT));
            }
        }
    }

    @Test
    void whatIsClosedSaysSo() {
        CheckpointStore store = new CheckpointStore(folder, 1);
        Checkpoint checkpoint = Checkpoint.open(store.save(header(1000), state));
        Weights weights = new Weights(backend, denoiser);
        checkpoint.close();
        checkpoint.close();
        assertThatThrownBy(() -> checkpoint.read(WeightKind.EMA, weights))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the checkpoint " + checkpoint.path() + " is closed");
        weights.close();
        weights.close();
        state.memory().close();
        assertThatThrownBy(() -> store.save(header(2000), state))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
        assertThatThrownBy(() -> weights.copyFrom(state.average(), state.memory()))
                .hasMessageContaining("is closed");
        assertThat(store.list()).containsExactly(checkpoint.path());
    }

    @Test
    void theSameStateGivesTheSameBytes() throws IOException {
        CheckpointStore first = new CheckpointStore(folder.resolve("a"), 1);
        CheckpointStore second = new CheckpointStore(folder.resolve("b"), 1);
        assertThat(first.save(header(1), state))
                .hasSameBinaryContentAs(second.save(header(1), state));
    }

    @Test
    void theLastOnesAreKept() {
        CheckpointStore store = new CheckpointStore(folder, 2);
        for (long step : new long[] {5, 10, 15}) {
            store.save(header(step), state);
        }
        assertThat(store.list())
                .extracting(path -> path.getFileName().toString())
                .containsExactly("step-000000010.safetensors", "step-000000015.safetensors");
    }

    @Test
    void whatAKilledProcessLeftIsClearedAway() throws IOException {
        CheckpointStore store = new CheckpointStore(folder, 2);
        Path left = Files.writeString(folder.resolve(".step-000000003.safetensors.x.tmp"), "half");
        Path other = Files.writeString(folder.resolve("notes.tmp"), "mine");
        store.save(header(4), state);
        assertThat(left).doesNotExist();
        assertThat(other).exists();
    }

    @Test
    void goingOnBeforeADamagedOneKeepsWhatIsNew() throws IOException {
        CheckpointStore store = new CheckpointStore(folder, 1);
        Files.writeString(folder.resolve("step-000000020.safetensors"), "damaged");
        Path written = store.save(header(12), state);
        assertThat(written).exists();
        CheckpointStore.Latest latest = store.latest();
        try (Checkpoint checkpoint = latest.checkpoint().orElseThrow()) {
            assertThat(checkpoint.header().step()).isEqualTo(12);
        }
        assertThat(latest.refused()).singleElement().asString().contains("step-000000020");
    }

    @Test
    void damageAnywhereIsFound() throws IOException {
        CheckpointStore store = new CheckpointStore(folder, 2);
        store.save(header(1), state);
        Path file = store.save(header(2), state);
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < 60; i++) {
            byte[] flipped = whole.clone();
            int at = i < 20 ? i * 97 : RandomStream.below(1, i, whole.length);
            flipped[at] ^= (byte) (1 << RandomStream.below(2, i, 8));
            refuse(store, file, flipped, "byte " + at + " of " + whole.length);
        }
        for (int length : new int[] {0, 7, 100, whole.length / 2, whole.length - 1}) {
            refuse(store, file, Arrays.copyOf(whole, length), "length " + length);
        }
    }

    private static void refuse(CheckpointStore store, Path file, byte[] bytes, String what)
            throws IOException {
        Files.write(file, bytes);
        assertThatThrownBy(() -> Checkpoint.open(file).close())
                .as(what)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(file.toString());
        CheckpointStore.Latest latest = store.latest();
        try (Checkpoint earlier = latest.checkpoint().orElseThrow()) {
            assertThat(earlier.header().step()).as(what).isEqualTo(1);
        }
        assertThat(latest.refused()).as(what).hasSize(1);
    }

    @Test
    void foreignFilesAreRefused() throws IOException {
        Path fixture = ShippedFixtures.copyTo(folder).getFirst();
        assertThatThrownBy(() -> Checkpoint.open(fixture).close())
                .hasMessageContaining("not a checkpoint of gsdm");
        Path text = Files.writeString(folder.resolve("step-000000001.safetensors"), "hello, world");
        assertThatThrownBy(() -> Checkpoint.open(text).close())
                .isInstanceOf(CheckpointException.class);
        assertThatThrownBy(() -> Checkpoint.open(folder.resolve("none")).close())
                .hasMessageContaining("no such file");
    }

    @Test
    void whatIsNotFiniteIsNotWritten() {
        CheckpointStore store = new CheckpointStore(folder, 1);
        MemorySegment bias =
                state.memory().map(state.moment2().slot("layers.0.attention.out.bias"));
        bias.setAtIndex(ValueLayout.JAVA_FLOAT, 1, Float.POSITIVE_INFINITY);
        assertThatThrownBy(() -> store.save(header(1), state))
                .hasMessageContaining("moment2.layers.0.attention.out.bias")
                .hasMessageContaining("not finite");
        assertThat(store.list()).isEmpty();
    }

    @Test
    void aFolderThatCannotBeMadeIsAnError() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> new CheckpointStore(file, 1).save(header(1), state))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("cannot be written");
        assertThat(new CheckpointStore(folder.resolve("none"), 1).latest().checkpoint()).isEmpty();
    }
}
