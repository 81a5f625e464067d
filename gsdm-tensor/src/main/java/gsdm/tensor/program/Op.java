package gsdm.tensor.program;

import static gsdm.tensor.program.Shapes.require;

import java.util.ArrayList;
import java.util.List;

/**
 * One operation of a program: a record of slots and fixed choices, never of run-time numbers.
 *
 * <p>Ops are pure and single-assignment: each slot is written by one op at most, and an output may
 * take the memory of an input only where {@link #inPlace()} says that a backend has to cope with
 * it. An operand that is left out is {@link Slot#NONE}.
 *
 * <p>Dimensions in the comments: B batch, N nodes, E edges, C channels, H heads, X values (one for
 * a continuous node, one for each option of a discrete node), K rows of an embedding table.
 */
public sealed interface Op {
    /** The slots this op reads, NONE excluded. */
    List<Slot> inputs();

    /** The slots this op writes, NONE excluded. */
    List<Slot> outputs();

    /**
     * The input whose memory the first output may take if nothing reads the input later; NONE if
     * they must be apart.
     */
    default Slot inPlace() {
        return Slot.NONE;
    }

    /**
     * out = op(a)·op(b) + bias + add, where op transposes or not. Tensors of more than two axes are
     * matrices whose columns are the last axis.
     *
     * @param a [M, K], or [K, M] if transposed
     * @param b [K, L], or [L, K] if transposed
     * @param bias [L], added to every row, or NONE
     * @param add [M, L], or NONE
     * @param out [M, L]
     */
    record MatMul(
            Slot a, Slot b, boolean transposeA, boolean transposeB, Slot bias, Slot add, Slot out)
            implements Op {
        @Override
        public List<Slot> inputs() {
            return present(a, b, bias, add);
        }

        @Override
        public List<Slot> outputs() {
            return present(out);
        }

        @Override
        public Slot inPlace() {
            return add;
        }
    }

    /**
     * The gradients of a linear layer's weight and bias: dWeight = dOutᵀ·x and dBias = the column
     * sums of dOut.
     *
     * @param dOut [..., L]
     * @param x [..., K], as many rows
     * @param dWeight [L, K]
     * @param dBias [L]
     */
    record LinearGradient(Slot dOut, Slot x, Slot dWeight, Slot dBias) implements Op {
        @Override
        public List<Slot> inputs() {
            return present(dOut, x);
        }

        @Override
        public List<Slot> outputs() {
            return present(dWeight, dBias);
        }
    }

    /**
     * Group normalisation (Wu, He 2018) of each example over all its nodes and the channels of a
     * group, then gamma and beta by channel, then SiLU if asked for.
     *
     * @param x [B, N, C]
     * @param gamma [C]
     * @param beta [C]
     * @param groups divides C
     * @param epsilon added to the variance
     * @param silu whether out = y·sigmoid(y) of the normalised y
     * @param statistics [B, groups, 2]: mean and 1/sqrt(variance + epsilon)
     * @param out [B, N, C]
     */
    record GroupNorm(
            Slot x,
            Slot gamma,
            Slot beta,
            int groups,
            float epsilon,
            boolean silu,
            Slot statistics,
            Slot out)
            implements Op {
        public GroupNorm {
            require(x.shape().rank() == 3, "group norm takes [B, N, C]; found %s", x);
            require(
                    x.shape().last().size() % groups == 0,
                    "%s groups do not divide the channels of %s",
                    groups,
                    x);
        }

        @Override
        public List<Slot> inputs() {
            return present(x, gamma, beta);
        }

        @Override
        public List<Slot> outputs() {
            return present(out, statistics);
        }
    }

    /**
     * The gradient of {@link GroupNorm}.
     *
     * @param norm the op differentiated
     * @param dOut [B, N, C]
     * @param add [B, N, C] added to dX, or NONE
     * @param dX [B, N, C]
     * @param dGamma [C]
     * @param dBeta [C]
     */
    record GroupNormGradient(GroupNorm norm, Slot dOut, Slot add, Slot dX, Slot dGamma, Slot dBeta)
            implements Op {
        @Override
        public List<Slot> inputs() {
            return present(norm.x(), norm.gamma(), norm.beta(), norm.statistics(), dOut, add);
        }

        @Override
        public List<Slot> outputs() {
            return present(dX, dGamma, dBeta);
        }

        @Override
        public Slot inPlace() {
            return add;
        }
    }

    /**
     * Ops that a backend may run as one, so that what passes between them is never in memory. The
     * {@link #parts} say what it computes; a backend that cannot do better runs those.
     */
    sealed interface Composite extends Op {
        /** The same as ops of their own, in order. */
        List<Op> parts();
    }

    /**
     * A linear layer of normalised activations: {@code linear} reads what {@code norm} writes, and
     * nothing else does but {@link NormLinearGradient}, which computes it anew.
     *
     * @param linear x·weightᵀ + bias + add; has a bias
     */
    record NormLinear(GroupNorm norm, MatMul linear) implements Composite {
        public NormLinear {
            require(
                    norm.out().equals(linear.a()) && !linear.transposeA() && linear.transposeB(),
                    "%s is not a linear layer of %s",
                    linear,
                    norm);
            require(
                    linear.bias().present(),
                    "a norm and its linear layer run as one with a bias only; append them apart:"
                            + " %s",
                    linear);
        }

        @Override
        public List<Op> parts() {
            return List.of(norm, linear);
        }

        @Override
        public List<Slot> inputs() {
            return present(
                    norm.x(), norm.gamma(), norm.beta(), linear.b(), linear.bias(), linear.add());
        }

        @Override
        public List<Slot> outputs() {
            return present(linear.out(), norm.statistics());
        }

        @Override
        public Slot inPlace() {
            return linear.add();
        }
    }

    /**
     * The gradient of {@link NormLinear}.
     *
     * @param layer the op differentiated
     * @param weights the gradients of weight and bias
     * @param input the gradient by what the norm gave, read by {@code norm} alone
     * @param norm the gradients by what the norm was given
     */
    record NormLinearGradient(
            NormLinear layer, LinearGradient weights, MatMul input, GroupNormGradient norm)
            implements Composite {
        @Override
        public List<Op> parts() {
            return List.of(weights, input, norm);
        }

        @Override
        public List<Slot> inputs() {
            GroupNorm forward = layer.norm();
            return present(
                    forward.x(),
                    forward.gamma(),
                    forward.beta(),
                    forward.statistics(),
                    layer.linear().b(),
                    weights.dOut(),
                    norm.add());
        }

        @Override
        public List<Slot> outputs() {
            return present(
                    norm.dX(), norm.dGamma(), norm.dBeta(), weights.dWeight(), weights.dBias());
        }

        @Override
        public Slot inPlace() {
            return norm.add();
        }
    }

    /** Functions of one number. */
    enum Function {
        /** x·sigmoid(x). */
        SILU,
        /** max(x, 0). */
        RELU,
        /** x above zero, {@link #LEAK}·x below. */
        LEAKY_RELU;

        /** The slope of {@link #LEAKY_RELU} below zero. */
        public static final double LEAK = 0.01;
    }

    /** out = function(x), element by element. */
    record Activation(Function function, Slot x, Slot out) implements Op {
        @Override
        public List<Slot> inputs() {
            return present(x);
        }

        @Override
        public List<Slot> outputs() {
            return present(out);
        }
    }

    /** dX = dOut · function'(x) + add, element by element; add may be NONE. */
    record ActivationGradient(Function function, Slot x, Slot dOut, Slot add, Slot dX)
            implements Op {
        @Override
        public List<Slot> inputs() {
            return present(x, dOut, add);
        }

        @Override
        public List<Slot> outputs() {
            return present(dX);
        }

        @Override
        public Slot inPlace() {
            return dOut;
        }
    }

    /** out = a + b, element by element. */
    record Add(Slot a, Slot b, Slot out) implements Op {
        @Override
        public List<Slot> inputs() {
            return present(a, b);
        }

        @Override
        public List<Slot> outputs() {
            return present(out);
        }

        @Override
        public Slot inPlace() {
            return a;
        }
    }

    /** out = x, element by element, so that a value outlives the run in a block of its own. */
    record Copy(Slot x, Slot out) implements Op {
        @Override
        public List<Slot> inputs() {
            return present(x);
        }

        @Override
        public List<Slot> outputs() {
            return present(out);
        }
    }

    /**
     * Which row of a table each node takes, and the same list turned round.
     *
     * @param index [N] int: the row of each node
     * @param pointers [K + 1] int: where the nodes of each row start in {@code members}
     * @param members [N] int: the nodes of row 0, of row 1, ..., ascending
     */
    record Segments(Slot index, Slot pointers, Slot members) {}

    /**
     * out[n] = table[index[n]] + add[n].
     *
     * @param table [K, C]
     * @param add [N, C] or NONE
     * @param out [N, C]
     */
    record Gather(Slot table, Segments segments, Slot add, Slot out) implements Op {
        @Override
        public List<Slot> inputs() {
            return present(table, segments.index(), add);
        }

        @Override
        public List<Slot> outputs() {
            return present(out);
        }
    }

    /**
     * dTable[k] = the sum of dOut[n] over the nodes n of row k: the gradient of {@link Gather}.
     *
     * @param dOut [N, C]
     * @param dTable [K, C]
     */
    record GatherGradient(Slot dOut, Segments segments, Slot dTable) implements Op {
        @Override
        public List<Slot> inputs() {
            return present(dOut, segments.index(), segments.pointers(), segments.members());
        }

        @Override
        public List<Slot> outputs() {
            return present(dTable);
        }
    }

    /**
     * out[b, n] = x[b, n] + example[b] + table[index[n]]: what depends on the example (its time
     * step) and on the node (its embedding) joins the activations.
     *
     * @param x [B, N, C]
     * @param example [B, C]
     * @param table [K, C]
     * @param out [B, N, C]
     */
    record AddRows(Slot x, Slot example, Slot table, Segments segments, Slot out) implements Op {
        @Override
        public List<Slot> inputs() {
            return present(x, example, table, segments.index());
        }

        @Override
        public List<Slot> outputs() {
            return present(out);
        }

        @Override
        public Slot inPlace() {
            return x;
        }
    }

    /**
     * The gradients of {@link AddRows} by its small operands (that by x is dOut itself).
     *
     * @param dOut [B, N, C]
     * @param dExample [B, C]: sums over the nodes of an example
     * @param dTable [K, C]: sums over the batch and the nodes of a row
     */
    record AddRowsGradient(Slot dOut, Segments segments, Slot dExample, Slot dTable) implements Op {
        @Override
        public List<Slot> inputs() {
            return present(dOut, segments.index(), segments.pointers(), segments.members());
        }

        @Override
        public List<Slot> outputs() {
            return present(dExample, dTable);
        }
    }

    /** How attention meets its neighbours. */
    enum Neighbours {
        /** Over the entries of the pattern: O(E) time, O(N) memory. */
        SPARSE,
        /**
         * Rows padded to the largest degree m, keys and values gathered: O(N·m), for comparison.
         */
        PADDED,
        /** Every node attends to every node: O(N²) time; the pattern is not read. */
        DENSE
    }

    /**
     * Who attends to whom, in compressed rows, and the transpose. A symmetric pattern is its own
     * transpose: both pairs are then the same slots.
     *
     * @param pointers [N + 1] int
     * @param columns [E] int: node n attends to columns[pointers[n]] .. columns[pointers[n + 1] -
     *     1]
     * @param transposedPointers [N + 1] int
     * @param transposedColumns [E] int
     * @param degree the largest number of entries in a row
     */
    record Pattern(
            Slot pointers,
            Slot columns,
            Slot transposedPointers,
            Slot transposedColumns,
            Dim degree) {}

    /**
     * Multi-head softmax attention (Vaswani et al. 2017) of each node over its neighbours. Head h
     * has channels h·D .. h·D + D − 1, D = C / heads.
     *
     * @param qkv [B, N, 3·C]: queries, keys, values side by side
     * @param scale what scores are multiplied by
     * @param out [B, N, C]
     * @param logSumExp [B, N, heads]: of the scaled scores, kept for the gradient
     */
    record Attention(
            Neighbours neighbours,
            Slot qkv,
            Pattern pattern,
            int heads,
            float scale,
            Slot out,
            Slot logSumExp)
            implements Op {
        public Attention {
            require(
                    out.shape().last().size() % heads == 0,
                    "%s heads do not divide the channels of %s",
                    heads,
                    out);
        }

        @Override
        public List<Slot> inputs() {
            return present(qkv, pattern.pointers(), pattern.columns());
        }

        @Override
        public List<Slot> outputs() {
            return present(out, logSumExp);
        }
    }

    /**
     * The gradient of {@link Attention}.
     *
     * @param attention the op differentiated
     * @param dOut [B, N, C]
     * @param dQkv [B, N, 3·C]
     */
    record AttentionGradient(Attention attention, Slot dOut, Slot dQkv) implements Op {
        @Override
        public List<Slot> inputs() {
            Pattern pattern = attention.pattern();
            return present(
                    attention.qkv(),
                    attention.out(),
                    attention.logSumExp(),
                    pattern.pointers(),
                    pattern.columns(),
                    pattern.transposedPointers(),
                    pattern.transposedColumns(),
                    dOut);
        }

        @Override
        public List<Slot> outputs() {
            return present(dQkv);
        }
    }

    /**
     * A run of nodes of the same kind and its projection from or to channels. Kinds follow each
     * other in node order and in value order.
     *
     * @param nodes how many nodes there are of this kind
     * @param options values of a node: 1 for a continuous one
     * @param weight [C, options] into channels, [options, C] out of them
     * @param bias [C] or [options]
     */
    record Projection(Dim nodes, int options, Slot weight, Slot bias) {}

    /**
     * The input of a network: out[b, n] = weight·(values of node n) + bias + observed[b, n] ·
     * observedEmbedding, with the projection of the node's kind.
     *
     * @param values [B, X]
     * @param observed [B, N]: 1 where a node is observed, else 0
     * @param observedEmbedding [C]
     * @param out [B, N, C]
     */
    record EmbedValues(
            Slot values,
            Slot observed,
            List<Projection> projections,
            Slot observedEmbedding,
            Slot out)
            implements Op {
        @Override
        public List<Slot> inputs() {
            List<Slot> slots = new ArrayList<>(present(values, observed, observedEmbedding));
            slots.addAll(parametersOf(projections));
            return slots;
        }

        @Override
        public List<Slot> outputs() {
            return present(out);
        }
    }

    /**
     * The gradients of {@link EmbedValues} by its parameters.
     *
     * @param embed the op differentiated
     * @param dOut [B, N, C]
     * @param dProjections where the gradients go, shaped as {@code embed.projections()}
     * @param dObservedEmbedding [C]
     */
    record EmbedValuesGradient(
            EmbedValues embed, Slot dOut, List<Projection> dProjections, Slot dObservedEmbedding)
            implements Op {
        @Override
        public List<Slot> inputs() {
            return present(embed.values(), embed.observed(), dOut);
        }

        @Override
        public List<Slot> outputs() {
            List<Slot> slots = new ArrayList<>(present(dObservedEmbedding));
            slots.addAll(parametersOf(dProjections));
            return slots;
        }
    }

    /**
     * The output of a network: the values of node n are weight·x[b, n] + bias, with the projection
     * of the node's kind.
     *
     * @param x [B, N, C]
     * @param out [B, X]
     */
    record ProjectValues(Slot x, List<Projection> projections, Slot out) implements Op {
        @Override
        public List<Slot> inputs() {
            List<Slot> slots = new ArrayList<>(present(x));
            slots.addAll(parametersOf(projections));
            return slots;
        }

        @Override
        public List<Slot> outputs() {
            return present(out);
        }
    }

    /**
     * The gradient of {@link ProjectValues}.
     *
     * @param project the op differentiated
     * @param dOut [B, X]
     * @param dProjections where the gradients go, shaped as {@code project.projections()}
     * @param dX [B, N, C]
     */
    record ProjectValuesGradient(
            ProjectValues project, Slot dOut, List<Projection> dProjections, Slot dX)
            implements Op {
        @Override
        public List<Slot> inputs() {
            List<Slot> slots = new ArrayList<>(project.inputs());
            slots.add(dOut);
            return slots;
        }

        @Override
        public List<Slot> outputs() {
            List<Slot> slots = new ArrayList<>(present(dX));
            slots.addAll(parametersOf(dProjections));
            return slots;
        }
    }

    /**
     * Softmax over the options of each discrete node; continuous values pass.
     *
     * @param x [B, X]
     * @param kinds the kinds of nodes in order; their weights and biases are not read
     * @param out [B, X]
     */
    record BlockSoftmax(Slot x, List<Projection> kinds, Slot out) implements Op {
        @Override
        public List<Slot> inputs() {
            return present(x);
        }

        @Override
        public List<Slot> outputs() {
            return present(out);
        }
    }

    /** The gradient of {@link BlockSoftmax}; {@code dX} and {@code dOut} are [B, X]. */
    record BlockSoftmaxGradient(BlockSoftmax softmax, Slot dOut, Slot dX) implements Op {
        @Override
        public List<Slot> inputs() {
            return present(softmax.out(), dOut);
        }

        @Override
        public List<Slot> outputs() {
            return present(dX);
        }

        @Override
        public Slot inPlace() {
            return dOut;
        }
    }

    /** What is minimised. */
    enum Criterion {
        /** weight · (prediction − target)². */
        SQUARED_ERROR,
        /** −weight · target · log(max(prediction, {@link #LEAST})), for probabilities. */
        CROSS_ENTROPY;

        /** Probabilities below this count as this, so that the logarithm stays finite. */
        public static final double LEAST = 1e-12;
    }

    /**
     * The loss of each array of values; their sum is what is differentiated.
     *
     * @param prediction [B, X]
     * @param target [B, X]
     * @param weight [B, X]: 0 where a value is observed
     * @param bounds [A + 1] int: array a has values bounds[a] .. bounds[a + 1] − 1 of each example
     * @param out [A]
     */
    record Loss(
            Criterion criterion, Slot prediction, Slot target, Slot weight, Slot bounds, Slot out)
            implements Op {
        @Override
        public List<Slot> inputs() {
            return present(prediction, target, weight, bounds);
        }

        @Override
        public List<Slot> outputs() {
            return present(out);
        }
    }

    /** The gradient of the summed {@link Loss} by its prediction; {@code dPrediction} is [B, X]. */
    record LossGradient(Loss loss, Slot dPrediction) implements Op {
        @Override
        public List<Slot> inputs() {
            return present(loss.prediction(), loss.target(), loss.weight());
        }

        @Override
        public List<Slot> outputs() {
            return present(dPrediction);
        }
    }

    /**
     * Sums the squares of all gradients into the step state, and sets its REFUSED flag where the
     * sum is not finite (told from the bits of its exponent).
     *
     * @param state [{@link StepState#SIZE}]
     */
    record SquaredNorm(Block gradients, Slot state) implements Op {
        @Override
        public List<Slot> inputs() {
            return List.of();
        }

        @Override
        public List<Slot> outputs() {
            return present(state);
        }
    }

    /**
     * One step of Adam (Kingma, Ba 2015) on whole blocks of the same layout, with gradients scaled
     * to the step state's clip norm; nothing is written where the step is refused.
     */
    record Adam(Block parameters, Block gradients, Block moment1, Block moment2, Slot state)
            implements Op {
        /**
         * Added to the norm that the clip norm is divided by, as PyTorch's clip_grad_norm_ does.
         */
        public static final double NORM_EPSILON = 1e-6;

        @Override
        public List<Slot> inputs() {
            return present(state);
        }

        @Override
        public List<Slot> outputs() {
            return List.of();
        }
    }

    /**
     * average = decay·average + (1 − decay)·parameters; nothing is written where the step is
     * refused.
     */
    record MovingAverage(Block average, Block parameters, Slot state) implements Op {
        @Override
        public List<Slot> inputs() {
            return present(state);
        }

        @Override
        public List<Slot> outputs() {
            return List.of();
        }
    }

    private static List<Slot> present(Slot... slots) {
        List<Slot> present = new ArrayList<>(slots.length);
        for (Slot slot : slots) {
            if (slot.present()) {
                present.add(slot);
            }
        }
        return present;
    }

    private static List<Slot> parametersOf(List<Projection> projections) {
        List<Slot> slots = new ArrayList<>();
        for (Projection projection : projections) {
            slots.addAll(present(projection.weight(), projection.bias()));
        }
        return slots;
    }
}
