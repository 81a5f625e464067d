package gsdm.nn.reference;

import gsdm.nn.diffusion.Diffusion;
import gsdm.nn.diffusion.LevelWeight;
import gsdm.nn.diffusion.NoiseSchedule;
import gsdm.nn.diffusion.Parameterisation;
import gsdm.nn.diffusion.TimeEmbedding;
import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.layout.EmbeddingKind;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.network.NetworkConfig;
import gsdm.nn.network.NormKind;
import gsdm.tensor.io.SafetensorsException;
import gsdm.tensor.io.SafetensorsFile;
import gsdm.tensor.io.TensorView;
import gsdm.tensor.program.Attention.Neighbours;
import gsdm.tensor.sparse.SparsePattern;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A recorded run of the reference implementation: what its file says of network and model. */
final class Fixture {
    private static final int GROUPS = 32;

    private final Path path;
    private final SafetensorsFile file;

    Fixture(Path path, SafetensorsFile file) {
        this.path = path;
        this.file = file;
    }

    Path path() {
        return path;
    }

    SafetensorsFile file() {
        return file;
    }

    String name() {
        return metadata("name");
    }

    int batch() {
        return number("batch");
    }

    NetworkConfig config() {
        boolean dense = metadata("attention").startsWith("dense");
        boolean scaled = !metadata("attention").contains("unscaled");
        return new NetworkConfig(
                number("emb_dim"),
                number("layers"),
                number("heads"),
                NormKind.GROUP,
                GROUPS,
                dense ? Neighbours.DENSE : Neighbours.SPARSE,
                scaled,
                false,
                false);
    }

    Diffusion diffusion() {
        return new Diffusion(
                schedule(),
                parameterisation(),
                LevelWeight.of(LevelWeight.Kind.UNIFORM),
                TimeEmbedding.STEP);
    }

    private Parameterisation parameterisation() {
        return switch (metadata("predict")) {
            case "x0" -> Parameterisation.X0;
            case "noise", "eps" -> Parameterisation.NOISE;
            default ->
                    throw new FixtureException(
                            path, "it predicts neither x0 nor noise: " + metadata("predict"));
        };
    }

    private NoiseSchedule schedule() {
        float[] betas = floats("betas");
        double[] exact = new double[betas.length];
        for (int t = 0; t < betas.length; t++) {
            exact[t] = betas[t];
        }
        return NoiseSchedule.ofBetas(exact);
    }

    VariableLayout layout(Arena arena) {
        List<ArrayLayout> arrays = arrays();
        ArrayLayout last = arrays.getLast();
        SparsePattern mask = mask(last.nodeOffset() + last.nodes(), arena);
        int[] index = integers("embedding.index");
        int rows = Math.toIntExact(view("param.var_embs").shape()[2]);
        EmbeddingKind kind = EmbeddingKind.valueOf(metadata("embedding").toUpperCase(Locale.ROOT));
        if (kind != EmbeddingKind.AE) {
            return VariableLayout.of(arrays, kind, index, rows, mask);
        }
        int axes = Math.toIntExact(view("embedding.position").shape()[1]);
        return VariableLayout.withPositions(
                arrays, index, rows, axes, integers("embedding.position"), mask);
    }

    /** One array for each run of nodes with the same number of options. */
    private List<ArrayLayout> arrays() {
        List<ArrayLayout> arrays = new ArrayList<>();
        int node = 0;
        int value = 0;
        int continuous = number("n_continuous");
        if (continuous > 0) {
            arrays.add(new ArrayLayout("continuous", 1, 0, continuous, 0, 0, 1));
            node = continuous;
            value = continuous;
        }
        int[] options = options();
        for (int first = 0; first < options.length; ) {
            int end = first;
            while (end < options.length && options[end] == options[first]) {
                end++;
            }
            ArrayLayout array =
                    new ArrayLayout(
                            "discrete" + options[first],
                            options[first],
                            node,
                            end - first,
                            value,
                            0,
                            1);
            arrays.add(array);
            node += array.nodes();
            value += array.values();
            first = end;
        }
        return arrays;
    }

    private int[] options() {
        String list = metadata("discrete_options").replaceAll("[\\[\\] ]", "");
        try {
            return list.isEmpty()
                    ? new int[0]
                    : Arrays.stream(list.split(",", -1)).mapToInt(Integer::parseInt).toArray();
        } catch (NumberFormatException failure) {
            throw new FixtureException(path, "bad discrete_options: " + list, failure);
        }
    }

    private SparsePattern mask(int nodes, Arena arena) {
        int[] edges = integers("edges");
        return SparsePattern.from(
                nodes,
                nodes,
                sink -> {
                    for (int e = 0; e < edges.length; e += 2) {
                        sink.edge(edges[e], edges[e + 1]);
                    }
                },
                arena);
    }

    /** The recorded DDIM run's number of steps: its metadata says 0,100,...,900. */
    int ddimSteps() {
        String[] parts = metadata("ddim_seq").split("[, ]");
        try {
            int stride = Integer.parseInt(parts[1]) - Integer.parseInt(parts[0]);
            return Math.toIntExact(view("betas").size() / stride);
        } catch (NumberFormatException
                | ArrayIndexOutOfBoundsException
                | ArithmeticException failure) {
            throw new FixtureException(path, "bad ddim_seq: " + metadata("ddim_seq"), failure);
        }
    }

    float[] floats(String name) {
        return ReferenceStateDict.tensor(file, path, name, Math.toIntExact(view(name).size()));
    }

    float[] floats(String name, int size) {
        return ReferenceStateDict.tensor(file, path, name, size);
    }

    int[] integers(String name) {
        try {
            return Arrays.stream(file.longs(name)).mapToInt(Math::toIntExact).toArray();
        } catch (SafetensorsException failure) {
            throw new FixtureException(path, failure.getMessage(), failure);
        }
    }

    private TensorView view(String name) {
        try {
            return file.get(name);
        } catch (SafetensorsException failure) {
            throw new FixtureException(path, failure.getMessage(), failure);
        }
    }

    private int number(String key) {
        try {
            return Integer.parseInt(metadata(key));
        } catch (NumberFormatException failure) {
            throw new FixtureException(path, "metadata " + key + " is not a number", failure);
        }
    }

    private String metadata(String key) {
        Map<String, String> metadata = file.metadata();
        String value = metadata.get(key);
        if (value == null) {
            throw new FixtureException(path, "there is no metadata " + key);
        }
        return value;
    }
}
