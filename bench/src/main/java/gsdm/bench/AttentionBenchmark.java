package gsdm.bench;

import gsdm.graph.problem.MatrixFactorization;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Slot;
import gsdm.tensor.sparse.SparsePattern;

import org.openjdk.jmh.annotations.Param;

import java.lang.foreign.ValueLayout;

/**
 * Attention over the mask of matrix-factorization, of growing size. Flops are counted over the
 * pairs that each mechanism meets: E edges, N·m with rows padded to the largest degree m, or N²;
 * 4·C for each pair forward (scores, weighted sum) and 10·C backward (scores again, and four
 * products).
 */
public class AttentionBenchmark extends OpBenchmark {
    /**
     * The mechanism and the rows (and columns) of the matrix. Padded rows need N·m·C floats and
     * dense attention N² time, so that both stop early.
     */
    @Param({
        "SPARSE 8",
        "SPARSE 16",
        "SPARSE 32",
        "SPARSE 64",
        "SPARSE 128",
        "PADDED 8",
        "PADDED 16",
        "PADDED 32",
        "DENSE 8",
        "DENSE 16"
    })
    public String attention;

    @Param({"false", "true"})
    public boolean gradient;

    @Param("10")
    public int rank;

    @Param("1")
    public int batch;

    @Param("64")
    public int channels;

    @Param("4")
    public int heads;

    @Override
    Timed timed(Operands operands) {
        int space = attention.indexOf(' ');
        Attention.Neighbours how = Attention.Neighbours.valueOf(attention.substring(0, space));
        int rows = Integer.parseInt(attention.substring(space + 1));
        return timed(operands, how, MatrixFactorization.model(rows, rows, rank).mask());
    }

    private Timed timed(Operands operands, Attention.Neighbours how, SparsePattern mask) {
        int nodes = mask.rows();
        Slot pointers = operands.ints(mask.rowPointers().toArray(ValueLayout.JAVA_INT));
        Slot columns = operands.ints(mask.columnIndices().toArray(ValueLayout.JAVA_INT));
        Dim degree = Dim.of(mask.maxDegree());
        Attention op =
                new Attention(
                        how,
                        operands.floats(batch, nodes, 3 * channels),
                        new Attention.Pattern(pointers, columns, pointers, columns, degree),
                        heads,
                        (float) (1 / Math.sqrt((double) channels / heads)),
                        operands.floats(batch, nodes, channels),
                        operands.floats(batch, nodes, heads));
        double pairs =
                switch (how) {
                    case SPARSE -> mask.edges();
                    case PADDED -> (double) nodes * mask.maxDegree();
                    case DENSE -> (double) nodes * nodes;
                };
        double flops = pairs * batch * channels;
        if (!gradient) {
            return Timed.arithmetic(op, 4 * flops);
        }
        Slot dOut = operands.floats(batch, nodes, channels);
        Slot dQkv = operands.floats(batch, nodes, 3 * channels);
        return Timed.arithmetic(new Attention.Gradient(op, dOut, dQkv), 10 * flops, op);
    }
}
