package gsdm.bench;

import gsdm.tensor.program.Add;
import gsdm.tensor.program.AddRows;
import gsdm.tensor.program.Copy;
import gsdm.tensor.program.Gather;
import gsdm.tensor.program.Segments;
import gsdm.tensor.program.Slot;
import gsdm.tensor.random.RandomStream;
import gsdm.tensor.sparse.SparsePattern;

import org.openjdk.jmh.annotations.Param;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/** Embedding tables met by nodes, their gradients, and the sums and copies of a residual stream. */
public class RowsBenchmark extends OpBenchmark {
    /** Which op. */
    public enum Kind {
        GATHER,
        GATHER_GRADIENT,
        ADD_ROWS,
        ADD_ROWS_GRADIENT,
        ADD,
        COPY
    }

    @Param public Kind kind;

    @Param("4")
    public int batch;

    @Param("3136")
    public int nodes;

    @Param("64")
    public int channels;

    /** Embeddings to choose from: few where nodes share them, as many as nodes where not. */
    @Param({"4", "3136"})
    public int tableRows;

    @Override
    Timed timed(Operands operands) {
        Slot x = operands.floats(batch, nodes, channels);
        Slot out = operands.floats(batch, nodes, channels);
        Slot rows = operands.floats(nodes, channels);
        Slot example = operands.floats(batch, channels);
        Slot table = operands.floats(tableRows, channels);
        Segments segments = segments(operands);
        return Timed.memory(
                switch (kind) {
                    case GATHER -> new Gather(table, segments, Slot.NONE, rows);
                    case GATHER_GRADIENT -> new Gather.Gradient(rows, segments, table);
                    case ADD_ROWS -> new AddRows(x, example, table, segments, out);
                    case ADD_ROWS_GRADIENT -> new AddRows.Gradient(x, segments, example, table);
                    case ADD -> new Add(x, operands.floats(batch, nodes, channels), out);
                    case COPY -> new Copy(x, out);
                });
    }

    private Segments segments(Operands operands) {
        long key = RandomStream.seed(0);
        int[] index =
                IntStream.range(0, nodes).map(n -> RandomStream.below(key, n, tableRows)).toArray();
        try (Arena arena = Arena.ofConfined()) {
            SparsePattern members =
                    SparsePattern.from(
                            tableRows,
                            nodes,
                            sink -> {
                                for (int n = 0; n < nodes; n++) {
                                    sink.edge(index[n], n);
                                }
                            },
                            arena);
            return new Segments(
                    operands.ints(index),
                    operands.ints(onHeap(members.rowPointers())),
                    operands.ints(onHeap(members.columnIndices())));
        }
    }

    private static int[] onHeap(MemorySegment ints) {
        return ints.toArray(ValueLayout.JAVA_INT);
    }
}
