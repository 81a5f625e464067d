package gsdm.nn.network;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.nn.TestBackends;
import gsdm.nn.TestModels;
import gsdm.nn.layout.Dims;
import gsdm.nn.layout.VariableLayout;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Attention.Neighbours;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a network makes of an example does not depend on which others are computed with it. */
class PlaceInBatchTest {
    private static final int BATCH = 37;

    static List<Arguments> devices() {
        List<Arguments> all = new ArrayList<>();
        for (String device : TestBackends.usable().toList()) {
            for (NormKind norm : NormKind.values()) {
                for (int channels : new int[] {12, 24}) {
                    all.add(Arguments.of(device, norm, channels));
                }
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("devices")
    void alikeExamplesGiveTheSameBitsAtEveryPlace(String device, NormKind norm, int channels) {
        VariableLayout layout = TestModels.mixed();
        NetworkConfig config =
                new NetworkConfig(channels, 2, 2, norm, 4, Neighbours.SPARSE, true, false, true);
        Network network = new Denoiser(config, layout.signature());
        Block given = new Block("given", Block.Role.INPUT);
        Block results = new Block("results", Block.Role.RESULT);
        NetworkInputs inputs =
                new NetworkInputs(
                        network.newLayoutSlots(),
                        given.floats("values", Dims.BATCH, Dims.VALUES),
                        given.floats("observed", Dims.BATCH, Dims.NODES),
                        given.floats("time", Dims.BATCH, Dim.of(channels)),
                        given.floats("levels", Dims.BATCH, Dim.of(2)));
        ProgramBuilder program = new ProgramBuilder("forward");
        network.emit(program, inputs);
        Map<Slot, Op> kept = new LinkedHashMap<>();
        for (Op op : List.copyOf(program.ops())) {
            for (Slot out : op.outputs()) {
                List<Dim> dims = out.shape().dims();
                if (dims.getFirst().equals(Dims.BATCH)) {
                    Slot copy = results.floats(kept.size() + "", dims.toArray(Dim[]::new));
                    program.keep(out, copy);
                    kept.put(copy, op);
                }
            }
        }
        Extents sizes = Dims.of(layout, BATCH);
        List<Block> blocks = new ArrayList<>(List.of(network.parameters().block(), given, results));
        blocks.add(inputs.layout().block());
        try (Backend backend = Backends.open(device, 2);
                Memory memory = backend.allocate(sizes, blocks);
                Executable forward = backend.compile(program.build(), memory, sizes)) {
            Block parameters = network.parameters().block();
            MemorySegment all = memory.write(parameters);
            int count = Math.toIntExact(all.byteSize() / Float.BYTES);
            RandomStream.fillNormal(1, 0, all, 0, count);
            inputs.layout().bind(layout, memory, sizes);
            for (Slot slot : List.of(inputs.values(), inputs.time(), inputs.levels())) {
                MemorySegment to = memory.write(slot);
                int width = Math.toIntExact(to.byteSize() / Float.BYTES / BATCH);
                for (int b = 0; b < BATCH; b++) {
                    RandomStream.fillNormal(2, 0, to, (long) b * width * Float.BYTES, width);
                }
            }
            memory.write(inputs.observed()).fill((byte) 0);
            forward.run(sizes.toArray());
            kept.forEach((slot, op) -> {
                float[] found = memory.read(slot).toArray(ValueLayout.JAVA_FLOAT);
                int width = found.length / BATCH;
                float[] first = Arrays.copyOf(found, width);
                for (int b = 1; b < BATCH; b++) {
                    float[] other = Arrays.copyOfRange(found, b * width, (b + 1) * width);
                    assertThat(other).as("example %d of %s", b, op).containsExactly(first);
                }
            });
        }
    }
}
