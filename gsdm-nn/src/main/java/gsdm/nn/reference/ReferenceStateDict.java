package gsdm.nn.reference;

import gsdm.nn.network.Denoiser;
import gsdm.nn.network.Weights;
import gsdm.tensor.io.SafetensorsException;
import gsdm.tensor.io.SafetensorsFile;
import gsdm.tensor.program.Attention.Neighbours;
import gsdm.tensor.program.Slot;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/**
 * The reference implementation's state dict, by its own parameter names, and where each of its
 * numbers lies in a {@link Denoiser}'s parameters.
 *
 * <p>Three things differ: queries, keys and values are one matrix here; the embedding table is
 * stored row by row; and the reference's sparse attention interleaves the heads on their way to
 * {@code proj_out}, so its columns are permuted.
 */
public final class ReferenceStateDict {
    /** Parameters that the reference declares and never reads. */
    private static final List<String> UNUSED = List.of("demb");

    private final Denoiser denoiser;
    private final List<Entry> entries = new ArrayList<>();

    /**
     * One tensor of the state dict.
     *
     * @param name in the reference
     * @param parameter in the denoiser
     * @param size how many numbers it has
     * @param place the index in the parameter of the number at an index of the tensor
     */
    record Entry(String name, Slot parameter, int size, IntUnaryOperator place) {
        /** The tensor as the reference would store it, from memory laid out as the parameter. */
        float[] read(MemorySegment parameterMemory) {
            float[] tensor = new float[size];
            for (int i = 0; i < size; i++) {
                tensor[i] = parameterMemory.getAtIndex(ValueLayout.JAVA_FLOAT, place.applyAsInt(i));
            }
            return tensor;
        }

        void write(float[] tensor, MemorySegment parameterMemory) {
            for (int i = 0; i < size; i++) {
                parameterMemory.setAtIndex(ValueLayout.JAVA_FLOAT, place.applyAsInt(i), tensor[i]);
            }
        }
    }

    /** The state dict of a reference model shaped like this network. */
    public ReferenceStateDict(Denoiser denoiser) {
        this.denoiser = denoiser;
        int channels = denoiser.config().channels();
        int rows = denoiser.signature().tableRows();
        add("var_embs", "embeddings", i -> i % rows * channels + i / rows);
        add("cond_embs", "observed_embedding");
        linear("temb.dense.0", "time.0");
        linear("temb.dense.1", "time.1");
        for (int options : denoiser.signature().options()) {
            linear(projection("in", options), "input." + options);
            linear(projection("out", options), "output." + options);
        }
        for (int layer = 0; layer < denoiser.config().layers(); layer++) {
            residual("res_blocks." + layer, "layers." + layer + ".residual");
            attention("transformers." + layer, "layers." + layer + ".attention");
        }
    }

    private static String projection(String way, int options) {
        return options == 1 ? "cont_" + way + "_proj" : "disc_" + way + "_projs." + options;
    }

    private void residual(String reference, String ours) {
        linear(reference + ".norm1", ours + ".norm1");
        linear(reference + ".conv1", ours + ".conv1");
        linear(reference + ".temb_proj", ours + ".time");
        linear(reference + ".var_proj", ours + ".variable");
        linear(reference + ".norm2", ours + ".norm2");
        linear(reference + ".conv2", ours + ".conv2");
    }

    private void attention(String reference, String ours) {
        int channels = denoiser.config().channels();
        linear(reference + ".norm", ours + ".norm");
        String[] parts = {"q", "k", "v"};
        for (int part = 0; part < parts.length; part++) {
            int weights = part * channels * channels;
            int biases = part * channels;
            String name = reference + "." + parts[part];
            add(name + ".weight", ours + ".qkv.weight", channels * channels, i -> weights + i);
            add(name + ".bias", ours + ".qkv.bias", channels, i -> biases + i);
        }
        add(reference + ".proj_out.weight", ours + ".out.weight", this::outIndex);
        add(reference + ".proj_out.bias", ours + ".out.bias");
    }

    /** Ours has channel h·D + d where the reference's sparse attention has d·heads + h. */
    private int outIndex(int i) {
        if (denoiser.config().attention() == Neighbours.DENSE) {
            return i;
        }
        int channels = denoiser.config().channels();
        int heads = denoiser.config().heads();
        int column = i % channels;
        int head = column % heads;
        return i - column + head * (channels / heads) + column / heads;
    }

    private void linear(String reference, String ours) {
        add(reference + ".weight", ours + ".weight");
        add(reference + ".bias", ours + ".bias");
    }

    private void add(String reference, String ours) {
        add(reference, ours, i -> i);
    }

    private void add(String reference, String ours, IntUnaryOperator place) {
        int size = Math.toIntExact(denoiser.parameters().block().slot(ours).shape().size());
        add(reference, ours, size, place);
    }

    private void add(String reference, String ours, int size, IntUnaryOperator place) {
        entries.add(new Entry(reference, denoiser.parameters().block().slot(ours), size, place));
    }

    List<Entry> entries() {
        return entries;
    }

    /**
     * Copies a state dict into the network's weights.
     *
     * @param file holds it
     * @param path of the file, for messages
     * @param prefix what its names begin with, dot included; may be empty
     * @throws FixtureException if a parameter is missing, left over or of another size
     */
    public void copy(SafetensorsFile file, Path path, String prefix, Weights weights) {
        Set<String> known = new HashSet<>(UNUSED);
        // Declared by the reference whether or not the problem has continuous nodes.
        for (String way : List.of("in", "out")) {
            known.add(projection(way, 1) + ".weight");
            known.add(projection(way, 1) + ".bias");
        }
        for (Entry entry : entries) {
            known.add(entry.name());
            float[] tensor = tensor(file, path, prefix + entry.name(), entry.size());
            entry.write(tensor, weights.memory().map(entry.parameter()));
        }
        for (String name : file.names()) {
            if (name.startsWith(prefix) && !known.contains(name.substring(prefix.length()))) {
                throw new FixtureException(
                        path,
                        "the network has no parameter for " + name + "; is it another model's?");
            }
        }
    }

    /** A tensor of a known size. */
    static float[] tensor(SafetensorsFile file, Path path, String name, int size) {
        try {
            float[] tensor = file.floats(name);
            if (tensor.length != size) {
                throw new FixtureException(
                        path,
                        "%s must have %d numbers; found %d".formatted(name, size, tensor.length));
            }
            return tensor;
        } catch (SafetensorsException failure) {
            throw new FixtureException(path, failure.getMessage(), failure);
        }
    }
}
