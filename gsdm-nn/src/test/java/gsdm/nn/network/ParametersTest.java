package gsdm.nn.network;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.nn.TestModels;
import gsdm.nn.layout.LayoutSignature;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Attention.Neighbours;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Slot;

import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What parameters are called and how they start, to the bit: whoever changes it changes every
 * checkpoint's names or every run's course, and should mean to.
 */
class ParametersTest {
    private static final NetworkConfig SMALL = TestModels.small(Neighbours.SPARSE);
    private static final LayoutSignature MIXED = TestModels.mixed().signature();

    @Test
    void theNamesOfParametersInOrder() {
        List<String> expected =
                """
                embeddings[4, 8]
                observed_embedding[8]
                time.0.weight[8, 8]
                time.0.bias[8]
                time.1.weight[8, 8]
                time.1.bias[8]
                input.1.weight[8, 1]
                input.1.bias[8]
                input.3.weight[8, 3]
                input.3.bias[8]
                layers.0.residual.norm1.weight[8]
                layers.0.residual.norm1.bias[8]
                layers.0.residual.conv1.weight[8, 8]
                layers.0.residual.conv1.bias[8]
                layers.0.residual.time.weight[8, 8]
                layers.0.residual.time.bias[8]
                layers.0.residual.variable.weight[8, 8]
                layers.0.residual.variable.bias[8]
                layers.0.residual.norm2.weight[8]
                layers.0.residual.norm2.bias[8]
                layers.0.residual.conv2.weight[8, 8]
                layers.0.residual.conv2.bias[8]
                layers.0.attention.norm.weight[8]
                layers.0.attention.norm.bias[8]
                layers.0.attention.qkv.weight[24, 8]
                layers.0.attention.qkv.bias[24]
                layers.0.attention.out.weight[8, 8]
                layers.0.attention.out.bias[8]
                layers.1.residual.norm1.weight[8]
                layers.1.residual.norm1.bias[8]
                layers.1.residual.conv1.weight[8, 8]
                layers.1.residual.conv1.bias[8]
                layers.1.residual.time.weight[8, 8]
                layers.1.residual.time.bias[8]
                layers.1.residual.variable.weight[8, 8]
                layers.1.residual.variable.bias[8]
                layers.1.residual.norm2.weight[8]
                layers.1.residual.norm2.bias[8]
                layers.1.residual.conv2.weight[8, 8]
                layers.1.residual.conv2.bias[8]
                layers.1.attention.norm.weight[8]
                layers.1.attention.norm.bias[8]
                layers.1.attention.qkv.weight[24, 8]
                layers.1.attention.qkv.bias[24]
                layers.1.attention.out.weight[8, 8]
                layers.1.attention.out.bias[8]
                output.1.weight[1, 8]
                output.1.bias[1]
                output.3.weight[3, 8]
                output.3.bias[3]
                """
                        .lines()
                        .toList();
        for (Network network : List.of(new Denoiser(SMALL, MIXED), regressor(MIXED))) {
            assertThat(network.parameters().block().slots())
                    .extracting(slot -> slot.name() + slot.shape())
                    .containsExactlyElementsOf(expected);
        }
    }

    @Test
    void theBitsOfInitialParameters() {
        LayoutSignature positional = TestModels.positional().signature();
        assertThat(
                        List.of(
                                checksum(new Denoiser(SMALL, MIXED), 7),
                                checksum(regressor(MIXED), 7),
                                checksum(regressor(MIXED), 8),
                                checksum(regressor(positional), 7)))
                .containsExactly("9c927465", "9c927465", "a63381a2", "c4872f3");
    }

    private static Network regressor(LayoutSignature signature) {
        return new Regressor(SMALL, signature);
    }

    private static String checksum(Network network, long key) {
        Block block = network.parameters().block();
        CRC32C checksum = new CRC32C();
        try (Backend backend = Backends.open("scalar", 1);
                Memory memory = backend.allocate(Extents.NONE, List.of(block))) {
            network.parameters().initialise(memory, key);
            for (Slot slot : block.slots()) {
                checksum.update(memory.read(slot).toArray(ValueLayout.JAVA_BYTE));
            }
        }
        return Long.toHexString(checksum.getValue());
    }
}
