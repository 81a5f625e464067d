package gsdm.tensor.program;

import static gsdm.tensor.program.Shapes.require;
import static gsdm.tensor.program.Shapes.requireShape;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Composes ops into a program. Each method checks its operands' shapes, declares the output as a
 * temporary, appends the op and returns the output.
 */
public final class ProgramBuilder {
    private static final int NO_REGION = -1;

    private final String name;
    private final List<Op> ops = new ArrayList<>();
    private final List<List<Op>> regions = new ArrayList<>();
    private final Block scratch = new Block("scratch", Block.Role.SCRATCH);
    private int regionStart = NO_REGION;

    public ProgramBuilder(String name) {
        this.name = name;
    }

    /** The program so far. */
    public Program build() {
        return new Program(name, ops, scratch);
    }

    /** The ops so far, in order. */
    public List<Op> ops() {
        return Collections.unmodifiableList(ops);
    }

    /** Appends an op whose slots exist. */
    public void append(Op op) {
        ops.add(op);
    }

    /**
     * Begins a region: ops up to {@link #endRegion}, whose gradients may be made of what they
     * compute a second time, see {@link Gradients}. Regions do not overlap.
     */
    public void beginRegion() {
        require(regionStart == NO_REGION, "a region of %s has begun and not ended", name);
        regionStart = ops.size();
    }

    /** Ends the region begun last. */
    public void endRegion() {
        require(regionStart != NO_REGION, "no region of %s has begun", name);
        regions.add(List.copyOf(ops.subList(regionStart, ops.size())));
        regionStart = NO_REGION;
    }

    /** The ops of each region. */
    List<List<Op>> regions() {
        require(regionStart == NO_REGION, "a region of %s has begun and not ended", name);
        return regions;
    }

    /** Declares a float temporary. */
    public Slot temporary(String what, Shape shape) {
        return scratch.declare(scratch.slots().size() + ":" + what, DataType.F32, shape);
    }

    /** out = op(a)·op(b), see {@link MatMul}. */
    public Slot matMul(Slot a, Slot b, boolean transposeA, boolean transposeB) {
        require(
                a.shape().rank() == 2 && b.shape().rank() == 2,
                "matMul takes matrices; found %s and %s",
                a,
                b);
        Dim inner = a.shape().dims().get(transposeA ? 0 : 1);
        Dim innerB = b.shape().dims().get(transposeB ? 1 : 0);
        require(inner.equals(innerB), "inner sizes differ: %s and %s", a, b);
        Dim rows = a.shape().dims().get(transposeA ? 1 : 0);
        Dim columns = b.shape().dims().get(transposeB ? 0 : 1);
        Slot out = temporary("matmul", Shape.of(rows, columns));
        append(new MatMul(a, b, transposeA, transposeB, Slot.NONE, Slot.NONE, out));
        return out;
    }

    /** x·weightᵀ + bias: x [..., K], weight [L, K], bias [L], out [..., L]. */
    public Slot linear(Slot x, Slot weight, Slot bias) {
        return linear(x, weight, bias, Slot.NONE);
    }

    /** x·weightᵀ + bias + add: x [..., K], weight [L, K], bias [L], add and out [..., L]. */
    public Slot linear(Slot x, Slot weight, Slot bias, Slot add) {
        MatMul linear = linearOf(x, weight, bias, add);
        append(linear);
        return linear.out();
    }

    /** norm(x)·weightᵀ + bias + add, with nothing kept in between; see {@link NormLinear}. */
    public Slot linear(Norm norm, Slot weight, Slot bias, Slot add) {
        MatMul linear = linearOf(norm.out(), weight, bias, add);
        append(new NormLinear(norm, linear));
        return linear.out();
    }

    private MatMul linearOf(Slot x, Slot weight, Slot bias, Slot add) {
        Dim columns = weight.shape().dims().getFirst();
        requireShape(weight, columns, x.shape().last());
        requireShape(bias, columns);
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        dims.set(dims.size() - 1, columns);
        Shape shape = new Shape(dims);
        require(
                !add.present() || add.shape().equals(shape),
                "%s cannot be added to an output of shape %s",
                add,
                shape);
        Slot out = temporary("linear", shape);
        return new MatMul(x, weight, false, true, bias, add, out);
    }

    /** The norm by itself: its out, for any op to read. */
    public Slot normalise(Norm norm) {
        append(norm);
        return norm.out();
    }

    /** A group norm of x [B, N, C], to append alone or with a linear layer. */
    public GroupNorm groupNorm(
            Slot x, Slot gamma, Slot beta, int groups, float epsilon, boolean silu) {
        requireShape(gamma, x.shape().last());
        requireShape(beta, x.shape().last());
        Slot statistics =
                temporary(
                        "statistics",
                        Shape.of(x.shape().dims().getFirst(), Dim.of(groups), Dim.of(2)));
        Slot out = temporary("norm", x.shape());
        return new GroupNorm(x, gamma, beta, groups, epsilon, silu, statistics, out);
    }

    /** A layer norm of x [B, N, C], to append alone or with a linear layer. */
    public LayerNorm layerNorm(Slot x, Slot gamma, Slot beta, float epsilon, boolean silu) {
        requireShape(gamma, x.shape().last());
        requireShape(beta, x.shape().last());
        return new LayerNorm(x, gamma, beta, epsilon, silu, temporary("norm", x.shape()));
    }

    /** function(x), element by element. */
    public Slot activation(Activation.Function function, Slot x) {
        Slot out = temporary("activation", x.shape());
        append(new Activation(function, x, out));
        return out;
    }

    /** a + b, element by element. */
    public Slot add(Slot a, Slot b) {
        requireShape(b, a.shape().dims().toArray(Dim[]::new));
        Slot out = temporary("sum", a.shape());
        append(new Add(a, b, out));
        return out;
    }

    /** table[index[n]] + add[n]: table [K, C], add [N, C] or NONE, out [N, C]. */
    public Slot gather(Slot table, Segments segments, Slot add) {
        Shape shape = Shape.of(segments.index().shape().dims().getFirst(), table.shape().last());
        require(
                !add.present() || add.shape().equals(shape),
                "%s cannot be added to rows of shape %s",
                add,
                shape);
        Slot out = temporary("rows", shape);
        append(new Gather(table, segments, add, out));
        return out;
    }

    /** x[b, n] + example[b] + table[index[n]], see {@link AddRows}. */
    public Slot addRows(Slot x, Slot example, Slot table, Segments segments) {
        List<Dim> dims = x.shape().dims();
        requireShape(example, dims.get(0), dims.get(2));
        requireShape(table, table.shape().dims().getFirst(), dims.get(2));
        requireShape(segments.index(), dims.get(1));
        Slot out = temporary("rows", x.shape());
        append(new AddRows(x, example, table, segments, out));
        return out;
    }

    /** Attention of each node over its neighbours; qkv [B, N, 3·C], out [B, N, C]. */
    public Slot attention(
            Attention.Neighbours neighbours,
            Slot qkv,
            Attention.Pattern pattern,
            int heads,
            float scale) {
        List<Dim> dims = qkv.shape().dims();
        int width = dims.get(2).size();
        require(width % 3 == 0, "queries, keys and values side by side expected; found %s", qkv);
        Slot out = temporary("attention", Shape.of(dims.get(0), dims.get(1), Dim.of(width / 3)));
        Slot logSumExp = temporary("logsumexp", Shape.of(dims.get(0), dims.get(1), Dim.of(heads)));
        append(new Attention(neighbours, qkv, pattern, heads, scale, out, logSumExp));
        return out;
    }

    /** Values [B, X] into channels [B, N, C], see {@link EmbedValues}. */
    public Slot embedValues(
            Slot values, Slot observed, List<Projection> projections, Slot observedEmbedding) {
        List<Dim> dims = observed.shape().dims();
        Slot out =
                temporary(
                        "embedded",
                        Shape.of(dims.get(0), dims.get(1), observedEmbedding.shape().last()));
        append(new EmbedValues(values, observed, projections, observedEmbedding, out));
        return out;
    }

    /** Channels [B, N, C] to values shaped as {@code like}, see {@link ProjectValues}. */
    public Slot projectValues(Slot x, List<Projection> projections, Slot like) {
        Slot out = temporary("values", like.shape());
        append(new ProjectValues(x, projections, out));
        return out;
    }

    /** Softmax over the options of each discrete node of x [B, X]. */
    public Slot blockSoftmax(Slot x, List<NodeKind> kinds) {
        return softmax(x, Slot.NONE, Slot.NONE, kinds);
    }

    /** That of options weighed by the likelihood of noised values, see {@link BlockSoftmax}. */
    public Slot blockSoftmax(Slot x, Slot noised, Slot levels, List<NodeKind> kinds) {
        requireShape(noised, axes(x.shape()));
        requireShape(levels, x.shape().dims().getFirst(), Dim.of(2));
        return softmax(x, noised, levels, kinds);
    }

    private Slot softmax(Slot x, Slot noised, Slot levels, List<NodeKind> kinds) {
        Slot out = temporary("softmax", x.shape());
        append(new BlockSoftmax(x, noised, levels, kinds, out));
        return out;
    }

    /** Values [B, X] in scaled units, see {@link Standardise}. */
    public Slot standardise(Slot values, Slot scales, Slot bounds) {
        requireShape(scales, arrays(bounds), Dim.of(2));
        Slot out = temporary("standardised", values.shape());
        append(new Standardise(values, scales, bounds, out));
        return out;
    }

    /**
     * Standard normal numbers [B, X] of keys [B, 2], see {@link Normals}.
     *
     * @param values X
     */
    public Slot normals(Slot keys, Slot index, List<NodeKind> kinds, Slot bounds, Dim values) {
        Dim batch = keys.shape().dims().getFirst();
        requireShape(keys, batch, Dim.of(2));
        require(index.shape().rank() == 1, "an index [N] expected; found %s", index);
        Slot out = temporary("normals", Shape.of(batch, values));
        append(new Normals(keys, index, kinds, bounds, out));
        return out;
    }

    /** A sum of operands [B, X], weighted by coefficients [B, K] for each example. */
    public Slot blend(Slot coefficients, Slot... operands) {
        List<NodeKind> values = List.of(new NodeKind(operands[0].shape().last(), 1));
        return blend(coefficients, Slot.NONE, Slot.NONE, false, values, operands);
    }

    /** A weighted sum of continuous values, beside discrete ones as they are, see {@link Blend}. */
    public Slot blendContinuous(
            Slot coefficients, Slot discrete, List<NodeKind> kinds, Slot... operands) {
        return blend(coefficients, discrete, Slot.NONE, true, kinds, operands);
    }

    /** A weighted sum with observed values held, see {@link Blend}. */
    public Slot blend(
            Slot coefficients, Slot held, Slot observed, List<NodeKind> kinds, Slot... operands) {
        return blend(coefficients, held, observed, false, kinds, operands);
    }

    private Slot blend(
            Slot coefficients,
            Slot held,
            Slot observed,
            boolean discreteHeld,
            List<NodeKind> kinds,
            Slot... operands) {
        Shape shape = operands[0].shape();
        for (Slot operand : operands) {
            requireShape(operand, axes(shape));
        }
        Dim batch = shape.dims().getFirst();
        requireShape(coefficients, batch, Dim.of(operands.length));
        if (held.present()) {
            requireShape(held, axes(shape));
        }
        if (observed.present()) {
            requireShape(observed, batch, observed.shape().last());
        }
        Slot out = temporary("blend", shape);
        append(
                new Blend(
                        List.of(operands), coefficients, held, observed, discreteHeld, kinds, out));
        return out;
    }

    /** Continuous values of x [B, X] within [−limit, limit], see {@link Clamp}. */
    public Slot clamp(Slot x, float limit, List<NodeKind> kinds) {
        Slot out = temporary("clamped", x.shape());
        append(new Clamp(x, limit, kinds, out));
        return out;
    }

    /**
     * What definitions say of noised values [B, X], as features [B, N, 3·A]; see {@link Residuals}.
     */
    public Slot residuals(
            Slot values,
            Slot observed,
            Slot levels,
            List<NodeKind> kinds,
            Slot scales,
            Slot bounds,
            Definitions definitions) {
        Dim batch = values.shape().dims().getFirst();
        Dim nodes = observed.shape().last();
        requireShape(observed, batch, nodes);
        requireShape(levels, batch, Dim.of(2));
        requireShape(scales, arrays(bounds), Dim.of(2));
        requireShape(definitions.pointers(), nodes.plus(1));
        Dim features = Dim.of(Residuals.FEATURES * arrays(bounds).size());
        Shape ofInstructions = Shape.of(batch, definitions.codes().shape().last());
        Slot out = temporary("features", Shape.of(batch, nodes, features));
        append(
                new Residuals(
                        values,
                        observed,
                        levels,
                        kinds,
                        scales,
                        bounds,
                        definitions,
                        temporary("estimates", observed.shape()),
                        temporary("results", ofInstructions),
                        temporary("derivatives", ofInstructions),
                        out));
        return out;
    }

    /** The loss of each array. */
    public void loss(Loss loss) {
        Shape shape = loss.prediction().shape();
        Dim batch = shape.dims().getFirst();
        Dim arrays = arrays(loss.bounds());
        requireShape(loss.target(), axes(shape));
        requireShape(loss.observed(), batch, loss.observed().shape().last());
        requireShape(loss.arrayWeights(), arrays);
        requireShape(loss.exampleWeights(), batch, Dim.of(2));
        requireShape(loss.out(), arrays);
        requireShape(loss.errors(), batch, arrays);
        append(loss);
    }

    /** How many arrays these are the bounds of. */
    private static Dim arrays(Slot bounds) {
        require(bounds.shape().rank() == 1, "bounds [A + 1] expected; found %s", bounds);
        return Dim.of(bounds.shape().last().size() - 1);
    }

    private static Dim[] axes(Shape shape) {
        return shape.dims().toArray(Dim[]::new);
    }

    /** Keeps what a temporary holds: a copy into a slot of a block that outlives the run. */
    public void keep(Slot value, Slot destination) {
        requireShape(destination, axes(value.shape()));
        append(new Copy(value, destination));
    }
}
