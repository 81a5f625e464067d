package gsdm.tensor.cpu.vector.attention;

import static gsdm.tensor.cpu.vector.core.Raw.load;
import static gsdm.tensor.cpu.vector.core.Raw.store;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.Buffers;
import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.cpu.vector.core.VectorMath;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Attention.Neighbours;
import gsdm.tensor.program.Extents;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

import java.lang.foreign.MemorySegment;

/**
 * Sparse {@link Attention} for the usual widths of heads ({@link QuadHeads}): each part of the work
 * goes over all edges of a run of nodes, since most nodes have few neighbours and what is done once
 * a node would cost more than its edges.
 */
public final class SymmetricAttentionKernel implements Kernel {
    private final QuadHeads heads;
    private final NodeRuns runs;
    private final float scale;
    private final int channelBytes;
    private final long qkv; // [B, N, 3C]
    private final long out; // [B, N, C]
    private final long logSumExp; // [B, N, H]
    // Partial products; scores and the largest of each node [edge, head]; the largest, the sums of
    // exponentials and one over those [node, head]; the node of each edge.
    private final Buffers buffers = new Buffers();
    private final NodeRuns.Stage[] stages = {
        this::list,
        this::score,
        this::raise,
        this::exponentiate,
        this::total,
        this::weigh,
        this::addLogarithms,
        this::keep
    };

    public SymmetricAttentionKernel(Attention op, Addresses addresses) {
        int channels = op.out().shape().last().size();
        heads = new QuadHeads(op.heads(), channels);
        runs = new NodeRuns(op, addresses);
        scale = op.scale();
        channelBytes = 4 * channels;
        qkv = addresses.of(op.qkv());
        out = addresses.of(op.out());
        logSumExp = addresses.of(op.logSumExp());
    }

    /** Whether this kernel, or the gradient's counterpart, can do what the op asks for. */
    public static boolean fits(Attention op) {
        return op.neighbours() == Neighbours.SPARSE
                && op.pattern().pointers() == op.pattern().transposedPointers()
                && QuadHeads.fits(op.heads(), op.out().shape().last().size());
    }

    private long shiftsAt() {
        return heads.partialBytes() + heads.edgeBytes(runs.largestRun());
    }

    private long largestAt() {
        return shiftsAt() + heads.edgeBytes(runs.largestRun());
    }

    private long sumsAt() {
        return largestAt() + heads.edgeBytes(NodeRuns.mostNodes());
    }

    private long sharesAt() {
        return sumsAt() + heads.edgeBytes(NodeRuns.mostNodes());
    }

    private long listAt() {
        return sharesAt() + heads.edgeBytes(NodeRuns.mostNodes());
    }

    private long bufferBytes() {
        return listAt() + runs.listBytes();
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        runs.prepare(reserve);
        return Buffers.totalBytes(bufferBytes(), runs.blocks());
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        runs.prepare(extents);
        buffers.place(workspace.address(), bufferBytes());
    }

    @Override
    public int blocks(int phase) {
        return runs.blocks();
    }

    @Override
    public void run(int phase, int block) {
        long buffer = buffers.take();
        runs.run(block, stages, buffer);
        buffers.giveBack(buffer);
    }

    private long queries(int example) {
        return qkv + 3L * channelBytes * runs.nodes() * example;
    }

    private void list(int example, int first, int last, long buffer) {
        runs.list(first, last, buffer + listAt());
    }

    private void score(int example, int first, int last, long buffer) {
        long queries = queries(example);
        int edge = runs.edge(first);
        heads.dots(
                queries,
                3 * channelBytes,
                buffer + listAt(),
                queries + channelBytes,
                3 * channelBytes,
                runs.columns + 4L * edge,
                runs.edge(last) - edge,
                scale,
                buffer,
                buffer + heads.partialBytes());
    }

    /** The largest score of each node and head, once a node and once an edge. */
    private void raise(int example, int first, int last, long buffer) {
        int rowBytes = heads.rowBytes();
        long from = buffer + heads.partialBytes();
        long shift = buffer + shiftsAt();
        long largest = buffer + largestAt();
        int edge = runs.edge(first);
        for (int node = first; node < last; node++) {
            int end = runs.edge(node + 1);
            heads.largest(from, end - edge, shift, largest);
            from += (long) (end - edge) * rowBytes;
            shift += (long) (end - edge) * rowBytes;
            largest += rowBytes;
            edge = end;
        }
    }

    private void exponentiate(int example, int first, int last, long buffer) {
        int edges = runs.edge(last) - runs.edge(first);
        exponentials(buffer + heads.partialBytes(), buffer + shiftsAt(), heads.vectors(edges));
    }

    private static void exponentials(long scores, long shifts, int vectors) {
        long base = Raw.base(scores);
        long from = Raw.base(shifts);
        for (int v = 0; v < vectors; v++) {
            long at = (long) Raw.index(v) * Lanes.BYTES;
            store(VectorMath.exp(load(base + at).sub(load(from + at))), base + at);
        }
    }

    /** The sum of the weights of each node and head, and one over it. */
    private void total(int example, int first, int last, long buffer) {
        long weights = buffer + heads.partialBytes();
        long sums = buffer + sumsAt();
        for (int node = first; node < last; node++) {
            int count = runs.edge(node + 1) - runs.edge(node);
            heads.sums(weights, count, sums);
            weights += (long) count * heads.rowBytes();
            sums += heads.rowBytes();
        }
        inverses(buffer + sumsAt(), buffer + sharesAt(), heads.vectors(last - first));
    }

    /** 0 of nothing: a node without neighbours keeps zeros. */
    private static void inverses(long sums, long shares, int vectors) {
        FloatVector one = FloatVector.broadcast(Lanes.SPECIES, 1);
        long from = Raw.base(sums);
        long to = Raw.base(shares);
        for (int v = 0; v < vectors; v++) {
            long at = (long) Raw.index(v) * Lanes.BYTES;
            FloatVector sum = load(from + at);
            store(one.div(sum).blend(0, sum.compare(VectorOperators.EQ, 0)), to + at);
        }
    }

    private void weigh(int example, int first, int last, long buffer) {
        long weights = buffer + heads.partialBytes();
        long shares = buffer + sharesAt();
        long values = queries(example) + 2L * channelBytes;
        long to = out + (long) channelBytes * ((long) example * runs.nodes() + first);
        for (int node = first; node < last; node++) {
            int edge = runs.edge(node);
            int count = runs.edge(node + 1) - edge;
            long list = runs.columns + 4L * edge;
            heads.weigh(weights, values, 3 * channelBytes, list, count, shares, to);
            weights += (long) count * heads.rowBytes();
            shares += heads.rowBytes();
            to += channelBytes;
        }
    }

    private void addLogarithms(int example, int first, int last, long buffer) {
        int distance = Math.toIntExact(sumsAt() - largestAt());
        int vectors = heads.vectors(last - first);
        ScoreLoops.addLogarithms(buffer + largestAt(), distance, Lanes.BYTES, vectors);
    }

    private void keep(int example, int first, int last, long buffer) {
        long rowBytes = 4L * heads.heads;
        long to = logSumExp + rowBytes * ((long) example * runs.nodes() + first);
        Raw.copy(buffer + largestAt(), to, rowBytes * (last - first));
        for (int node = first; node < last; node++) {
            if (runs.edge(node + 1) == runs.edge(node)) {
                for (int h = 0; h < heads.heads; h++) {
                    Raw.put(to + rowBytes * (node - first) + 4L * h, Float.NEGATIVE_INFINITY);
                }
            }
        }
    }
}
