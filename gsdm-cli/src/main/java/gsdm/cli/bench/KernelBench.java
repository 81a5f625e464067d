package gsdm.cli.bench;

import gsdm.graph.inference.RunSettings;
import gsdm.nn.network.Denoiser;
import gsdm.nn.network.NormKind;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Blend;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.GroupNorm;
import gsdm.tensor.program.LayerNorm;
import gsdm.tensor.program.Loss;
import gsdm.tensor.program.MatMul;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.Norm;
import gsdm.tensor.program.Normals;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;
import gsdm.tensor.program.Work;
import gsdm.tensor.random.RandomStream;
import gsdm.tensor.sparse.SparsePattern;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Times one op at a time: products at fixed shapes, and the ops of a network at its own. */
public final class KernelBench {

    private static final double SECOND = 1e9;
    private static final double WARMUP_SECONDS = 1;
    private static final int ROWS = 12_544;

    private final Backend backend;
    private final SparsePattern mask;
    private final int repeats;
    private final int batch;
    private final int channels;
    private final int heads;
    private final NormKind norm;
    private final int groups;

    /**
     * A bench of a network.
     *
     * @param mask who attends to whom
     * @param repeats runs of each kernel, at least 1
     */
    public KernelBench(Backend backend, RunSettings settings, SparsePattern mask, int repeats) {
        this.backend = backend;
        this.mask = mask;
        this.repeats = repeats;
        this.batch = settings.training().batch();
        this.channels = settings.model().channels();
        this.heads = settings.model().heads();
        this.norm = settings.model().norm();
        this.groups = settings.model().groups();
    }

    /**
     * A kernel at a shape.
     *
     * @param name what it does
     * @param shape of what
     * @param buffers what it reads and writes
     * @param op reads and writes the buffers
     */
    public record Case(String name, String shape, Block buffers, Op op) {}

    /** The kernels, fixed shapes first. */
    public List<Case> kernels() {
        int rows = Math.multiplyExact(batch, mask.rows());
        List<Case> all =
                List.of(
                        matMul(ROWS, 64, 64),
                        matMul(ROWS, 128, 128),
                        weights(ROWS, 64, 64),
                        matMul(rows, channels, channels),
                        matMul(rows, channels, 3 * channels),
                        weights(rows, channels, channels),
                        attention(false),
                        attention(true),
                        norm(false),
                        norm(true),
                        normals(),
                        noising(),
                        loss(false),
                        loss(true));
        Set<String> seen = new HashSet<>();
        return all.stream().filter(kernel -> seen.add(kernel.name() + kernel.shape())).toList();
    }

    private static Case matMul(int rows, int inner, int columns) {
        Block block = new Block("buffers", Block.Role.LASTING);
        Slot x = block.floats("x", Dim.of(rows), Dim.of(inner));
        Slot weight = block.floats("weight", Dim.of(columns), Dim.of(inner));
        Slot out = block.floats("out", Dim.of(rows), Dim.of(columns));
        Op op = new MatMul(x, weight, false, true, Slot.NONE, Slot.NONE, out);
        return new Case("matmul", rows + " x " + inner + " x " + columns, block, op);
    }

    /** The gradients of a weight and a bias. */
    private static Case weights(int rows, int inner, int columns) {
        Block block = new Block("buffers", Block.Role.LASTING);
        Slot x = block.floats("x", Dim.of(rows), Dim.of(inner));
        Slot dOut = block.floats("dOut", Dim.of(rows), Dim.of(columns));
        Slot dWeight = block.floats("dWeight", Dim.of(columns), Dim.of(inner));
        Slot dBias = block.floats("dBias", Dim.of(columns));
        Op op = new MatMul.LinearGradient(dOut, x, dWeight, dBias);
        return new Case("gradient of weights", columns + " x " + inner + " x " + rows, block, op);
    }

    private Case attention(boolean backward) {
        Block block = new Block("buffers", Block.Role.LASTING);
        Dim[] wide = {Dim.of(batch), Dim.of(mask.rows()), Dim.of(3 * channels)};
        Dim[] narrow = {Dim.of(batch), Dim.of(mask.rows()), Dim.of(channels)};
        Slot pointers = block.ints("pointers", Dim.of(mask.rows() + 1));
        Slot columns = block.ints("columns", Dim.of(mask.edges()));
        Attention forward =
                new Attention(
                        Attention.Neighbours.SPARSE,
                        block.floats("qkv", wide),
                        new Attention.Pattern(
                                pointers, columns, pointers, columns, Dim.of(mask.maxDegree())),
                        heads,
                        1,
                        block.floats("out", narrow),
                        block.floats(
                                "logSumExp", Dim.of(batch), Dim.of(mask.rows()), Dim.of(heads)));
        Op op = forward;
        if (backward) {
            op =
                    new Attention.Gradient(
                            forward, block.floats("dOut", narrow), block.floats("dQkv", wide));
        }
        String shape =
                "%d x %d nodes, %d edges, %d channels"
                        .formatted(batch, mask.rows(), mask.edges(), channels);
        return new Case(backward ? "attention, backward" : "attention", shape, block, op);
    }

    private Case norm(boolean backward) {
        Block block = new Block("buffers", Block.Role.LASTING);
        Dim[] dims = {Dim.of(batch), Dim.of(mask.rows()), Dim.of(channels)};
        Slot x = block.floats("x", dims);
        Slot gamma = block.floats("gamma", Dim.of(channels));
        Slot beta = block.floats("beta", Dim.of(channels));
        Slot out = block.floats("out", dims);
        float epsilon = Denoiser.NORM_EPSILON;
        Norm forward =
                switch (norm) {
                    case GROUP -> {
                        Slot statistics =
                                block.floats(
                                        "statistics", Dim.of(batch), Dim.of(groups), Dim.of(2));
                        yield new GroupNorm(x, gamma, beta, groups, epsilon, true, statistics, out);
                    }
                    case LAYER -> new LayerNorm(x, gamma, beta, epsilon, true, out);
                };
        Op op = forward;
        if (backward) {
            op =
                    new Norm.Gradient(
                            forward,
                            block.floats("dOut", dims),
                            Slot.NONE,
                            block.floats("dX", dims),
                            block.floats("dGamma", Dim.of(channels)),
                            block.floats("dBeta", Dim.of(channels)));
        }
        String shape = "%d x %d nodes, %d channels".formatted(batch, mask.rows(), channels);
        String name = norm == NormKind.GROUP ? "group norm + SiLU" : "layer norm + SiLU";
        return new Case(backward ? name + ", backward" : name, shape, block, op);
    }

    private Case normals() {
        Block block = new Block("buffers", Block.Role.LASTING);
        Op op =
                new Normals(
                        block.ints("keys", Dim.of(batch), Dim.of(2)),
                        block.ints("index", Dim.of(mask.rows())),
                        kinds(),
                        block.ints("bounds", Dim.of(2)),
                        values(block, "out"));
        return new Case("normal numbers", nodes(), block, op);
    }

    private Case noising() {
        Block block = new Block("buffers", Block.Role.LASTING);
        Slot clean = values(block, "clean");
        Op op =
                new Blend(
                        List.of(clean, values(block, "noise")),
                        block.floats("coefficients", Dim.of(batch), Dim.of(2)),
                        clean,
                        values(block, "observed"),
                        false,
                        kinds(),
                        values(block, "out"));
        return new Case("noising", nodes(), block, op);
    }

    private Case loss(boolean backward) {
        Block block = new Block("buffers", Block.Role.LASTING);
        Loss forward =
                new Loss(
                        values(block, "prediction"),
                        values(block, "target"),
                        values(block, "observed"),
                        kinds(),
                        List.of(Loss.Criterion.SQUARED_ERROR),
                        block.ints("bounds", Dim.of(2)),
                        block.floats("array weights", Dim.of(1)),
                        block.floats("example weights", Dim.of(batch), Dim.of(2)),
                        block.floats("out", Dim.of(1)),
                        block.floats("errors", Dim.of(batch), Dim.of(1)));
        Op op = backward ? new Loss.Gradient(forward, values(block, "gradient")) : forward;
        return new Case(backward ? "squared error, backward" : "squared error", nodes(), block, op);
    }

    /** A value of each node. */
    private Slot values(Block block, String name) {
        return block.floats(name, Dim.of(batch), Dim.of(mask.rows()));
    }

    private List<NodeKind> kinds() {
        return List.of(new NodeKind(Dim.of(mask.rows()), 1));
    }

    private String nodes() {
        return "%d x %d nodes".formatted(batch, mask.rows());
    }

    /** Runs a kernel until its code is compiled, and then as often as was asked for. */
    public KernelTiming time(Case kernel) {
        ProgramBuilder builder = new ProgramBuilder(kernel.name());
        builder.append(kernel.op());
        Program program = builder.build();
        try (Memory memory = backend.allocate(Extents.NONE, List.of(kernel.buffers()))) {
            fill(kernel.buffers(), memory);
            try (Executable executable = backend.compile(program, memory, Extents.NONE)) {
                double seconds = median(executable);
                double bytes =
                        Stream.concat(kernel.op().inputs().stream(), kernel.op().outputs().stream())
                                .mapToLong(slot -> slot.shape().size() * DataType.BYTES)
                                .sum();
                return new KernelTiming(
                        kernel.name(),
                        kernel.shape(),
                        seconds,
                        Work.flops(program, Extents.NONE) / seconds / SECOND,
                        bytes / seconds / SECOND);
            }
        }
    }

    private double median(Executable executable) {
        WarmUp.run(() -> executable.run(), WARMUP_SECONDS);
        double[] seconds = new double[repeats];
        for (int i = 0; i < repeats; i++) {
            long before = System.nanoTime();
            executable.run();
            seconds[i] = (System.nanoTime() - before) / SECOND;
        }
        Arrays.sort(seconds);
        return (seconds[(repeats - 1) / 2] + seconds[repeats / 2]) / 2;
    }

    /**
     * Numbers in [0, 1): neither zeros nor denormals, which some machines treat at other speeds.
     * Integers are those of one array, of whose nodes none is observed.
     */
    private void fill(Block block, Memory memory) {
        long key = RandomStream.seed(0);
        for (Slot slot : block.slots()) {
            MemorySegment segment = memory.write(slot);
            switch (slot.name()) {
                case "pointers" -> segment.copyFrom(mask.rowPointers());
                case "columns" -> segment.copyFrom(mask.columnIndices());
                case "index" -> {
                    for (int i = 0; i < mask.rows(); i++) {
                        segment.setAtIndex(ValueLayout.JAVA_INT, i, i);
                    }
                }
                case "bounds" ->
                        segment.copyFrom(MemorySegment.ofArray(new int[] {0, mask.rows()}));
                case "keys", "observed" -> segment.fill((byte) 0);
                default -> {
                    for (long i = 0; i < slot.shape().size(); i++) {
                        segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, RandomStream.uniform(key, i));
                    }
                }
            }
        }
    }
}
