package gsdm.tensor.cpu.vector.attention;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.cpu.CpuBackend;
import gsdm.tensor.cpu.vector.VectorKernels;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Attention and its gradient over one pattern, on random data. */
final class AttentionCase {
    final int batch;
    final int nodes;
    final int channels;
    final int heads;
    final float scale;
    final int[] pointers;
    final int[] columns;
    final float[] qkv; // [B, N, 3C]
    final float[] dOut; // [B, N, C]
    private final Block data = new Block("data", Block.Role.INPUT);
    private final Block results = new Block("results", Block.Role.RESULT);
    private final Attention attention;
    private final Attention.Gradient gradient;
    private final int[] transposedPointers;
    private final int[] transposedColumns;
    private final Extents extents;

    /** What the kernels computed. */
    record Results(float[] out, float[] logSumExp, float[] dQkv) {}

    /**
     * @param linked whether node i attends to node j
     * @param deviation of queries, keys and values
     */
    AttentionCase(
            Attention.Neighbours neighbours,
            int batch,
            int channels,
            int heads,
            boolean[][] linked,
            double deviation,
            long seed) {
        this.batch = batch;
        this.channels = channels;
        this.heads = heads;
        nodes = linked.length;
        scale = (float) Math.sqrt((double) heads / channels);
        pointers = pointers(linked, false);
        columns = columns(linked, false);
        transposedPointers = pointers(linked, true);
        transposedColumns = columns(linked, true);
        SplittableRandom random = new SplittableRandom(seed);
        qkv = normal(random, batch * nodes * 3 * channels, deviation);
        dOut = normal(random, batch * nodes * channels, 1);
        int degree = 0;
        for (int i = 0; i < nodes; i++) {
            degree = Math.max(degree, pointers[i + 1] - pointers[i]);
        }
        Dim b = Dim.named("B", 0);
        Dim n = Dim.named("N", 1);
        Dim e = Dim.named("E", 2);
        Dim m = Dim.named("degree", 3);
        extents =
                Extents.NONE.with(b, batch).with(n, nodes).with(e, columns.length).with(m, degree);
        Slot rowPointers = data.ints("pointers", n.plus(1));
        Slot rowColumns = data.ints("columns", e);
        Slot columnPointers = data.ints("transposed pointers", n.plus(1));
        Slot columnRows = data.ints("transposed columns", e);
        // A symmetric pattern is its own transpose, as it is for every mask.
        boolean symmetric =
                Arrays.equals(pointers, transposedPointers)
                        && Arrays.equals(columns, transposedColumns);
        Attention.Pattern pattern =
                symmetric
                        ? new Attention.Pattern(rowPointers, rowColumns, rowPointers, rowColumns, m)
                        : new Attention.Pattern(
                                rowPointers, rowColumns, columnPointers, columnRows, m);
        attention =
                new Attention(
                        neighbours,
                        data.floats("qkv", b, n, Dim.of(3 * channels)),
                        pattern,
                        heads,
                        scale,
                        results.floats("out", b, n, Dim.of(channels)),
                        results.floats("logSumExp", b, n, Dim.of(heads)));
        gradient =
                new Attention.Gradient(
                        attention,
                        data.floats("dOut", b, n, Dim.of(channels)),
                        results.floats("dQkv", b, n, Dim.of(3 * channels)));
    }

    private static float[] normal(SplittableRandom random, int count, double deviation) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }

    private static int[] pointers(boolean[][] linked, boolean transposed) {
        int[] pointers = new int[linked.length + 1];
        for (int i = 0; i < linked.length; i++) {
            pointers[i + 1] = pointers[i];
            for (int j = 0; j < linked.length; j++) {
                pointers[i + 1] += (transposed ? linked[j][i] : linked[i][j]) ? 1 : 0;
            }
        }
        return pointers;
    }

    private static int[] columns(boolean[][] linked, boolean transposed) {
        int[] columns = new int[pointers(linked, transposed)[linked.length]];
        int entry = 0;
        for (int i = 0; i < linked.length; i++) {
            for (int j = 0; j < linked.length; j++) {
                if (transposed ? linked[j][i] : linked[i][j]) {
                    columns[entry++] = j;
                }
            }
        }
        return columns;
    }

    /** Runs both ops as one program; {@code use} may run it again. */
    Results run(int threads, Consumer<Runnable> use) {
        ProgramBuilder builder = new ProgramBuilder("attention");
        builder.append(attention);
        builder.append(gradient);
        int[] sizes = extents.toArray();
        try (Backend backend = new CpuBackend("test", "vectors", new VectorKernels(), threads);
                Memory memory = backend.allocate(extents, List.of(data, results));
                Executable executable = backend.compile(builder.build(), memory, extents)) {
            fill(memory);
            use.accept(() -> executable.run(sizes));
            return new Results(
                    read(memory, attention.out()),
                    read(memory, attention.logSumExp()),
                    read(memory, gradient.dQkv()));
        }
    }

    private void fill(Memory memory) {
        memory.write(results).fill((byte) -1);
        Attention.Pattern pattern = attention.pattern();
        write(memory, attention.qkv(), MemorySegment.ofArray(qkv));
        write(memory, gradient.dOut(), MemorySegment.ofArray(dOut));
        write(memory, pattern.pointers(), MemorySegment.ofArray(pointers));
        write(memory, pattern.columns(), MemorySegment.ofArray(columns));
        write(memory, pattern.transposedPointers(), MemorySegment.ofArray(transposedPointers));
        write(memory, pattern.transposedColumns(), MemorySegment.ofArray(transposedColumns));
    }

    private void write(Memory memory, Slot slot, MemorySegment values) {
        memory.write(slot).copyFrom(values);
    }

    private float[] read(Memory memory, Slot slot) {
        return memory.read(slot).toArray(ValueLayout.JAVA_FLOAT);
    }
}
