package gsdm.nn.checkpoint;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The order in which checkpoints listed their tensors before they did so by name: as networks
 * declare their parameters. A tensor is found by its name; the order only tells what the checksum
 * was taken of, once another library has saved the file again.
 */
final class EarlierOrder {
    /** Parts of names, those that follow the same beginning in the order of the file. */
    private static final List<String> PARTS =
            List.of(
                    "embeddings",
                    "observed_embedding",
                    "norm1",
                    "conv1",
                    "time",
                    "variable",
                    "norm2",
                    "conv2",
                    "input",
                    "layers",
                    "output",
                    "residual",
                    "attention",
                    "norm",
                    "qkv",
                    "out",
                    "weight",
                    "bias");

    private EarlierOrder() {}

    /** Of full names of tensors. */
    static Comparator<String> ofNames() {
        return Comparator.comparing(EarlierOrder::key);
    }

    private static String key(String name) {
        return Arrays.stream(name.split("\\."))
                .map(EarlierOrder::keyOfPart)
                .collect(Collectors.joining("."));
    }

    /** Blocks by name; numbers of layers and options, behind spaces, by size. */
    private static String keyOfPart(String part) {
        int place = PARTS.indexOf(part);
        return place < 0 ? "%10s".formatted(part) : Character.toString('A' + place);
    }
}
