package gsdm.nn.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.io.SafetensorsFile;
import gsdm.tensor.io.SafetensorsWriter;
import gsdm.tensor.io.TensorView;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.function.BiFunction;

class FixtureCheckTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @MethodSource("gsdm.nn.TestBackends#usable")
    void everyShippedFixtureIsReproduced(String device) throws IOException {
        assertThat(ShippedFixtures.names()).hasSize(3);
        try (Backend backend = Backends.open(device, 2)) {
            for (Path file : ShippedFixtures.copyTo(folder)) {
                FixtureReport report = FixtureCheck.run(backend, file);
                assertThat(report.passed()).as(report.toString()).isTrue();
                assertThat(report.tensors()).as(report.toString()).isGreaterThanOrEqualTo(57);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "param.var_embs",
                "param.temb.dense.0.weight",
                "param.res_blocks.0.conv1.weight",
                "param.transformers.1.proj_out.weight",
                "param.transformers.0.v.bias",
                "param.cont_out_proj.bias",
            })
    void aParameterChangedByOnePercentFails(String name) throws IOException {
        Path changed =
                changed((tensor, data) -> tensor.name().equals(name) ? scaled(data, 1.01f) : data);
        assertThat(run(changed).passed()).isFalse();
    }

    @Test
    void aNanFails() throws IOException {
        Path changed =
                changed((tensor, data) ->
                        tensor.name().equals("grad.cond_embs") ? scaled(data, Float.NaN) : data);
        assertThat(run(changed).passed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "param.cond_embs",
                "grad.transformers.0.q.weight",
                "ddim.x0",
                "edges",
                "embedding.position",
            })
    void aMissingTensorIsAnErrorThatNamesIt(String name) throws IOException {
        Path changed = changed((tensor, data) -> tensor.name().equals(name) ? null : data);
        assertThatThrownBy(() -> run(changed))
                .isInstanceOf(FixtureException.class)
                .hasMessageContaining(name);
    }

    private FixtureReport run(Path file) {
        try (Backend backend = Backends.open(Backends.AUTO, 1)) {
            return FixtureCheck.run(backend, file);
        }
    }

    private Path changed(BiFunction<TensorView, MemorySegment, MemorySegment> change)
            throws IOException {
        Path original = ShippedFixtures.copyTo(folder).getFirst();
        Path result = folder.resolve("changed.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsFile file = SafetensorsFile.open(original, arena);
            SafetensorsWriter writer = new SafetensorsWriter();
            file.metadata().forEach(writer::metadata);
            for (String name : file.names()) {
                TensorView tensor = file.get(name);
                MemorySegment data = change.apply(tensor, tensor.data());
                if (data != null) {
                    writer.tensor(name, tensor.type(), tensor.shape(), data);
                }
            }
            writer.write(result);
        }
        return result;
    }

    private static MemorySegment scaled(MemorySegment floats, float factor) {
        float[] values = floats.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return MemorySegment.ofArray(values);
    }
}
