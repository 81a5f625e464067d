package gsdm.tensor.program;

import static gsdm.tensor.program.Shapes.require;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Multi-head softmax attention (Vaswani et al. 2017) of each node over its neighbours. Head h has
 * channels h·D .. h·D + D − 1, D = C / heads.
 *
 * @param qkv [B, N, 3·C]: queries, keys, values side by side
 * @param scale what scores are multiplied by
 * @param out [B, N, C]
 * @param logSumExp [B, N, heads]: of the scaled scores, kept for the gradient
 */
public record Attention(
        Neighbours neighbours,
        Slot qkv,
        Pattern pattern,
        int heads,
        float scale,
        Slot out,
        Slot logSumExp)
        implements Op.Forward {
    public Attention {
        require(
                out.shape().last().size() % heads == 0,
                "%s heads do not divide the channels of %s",
                heads,
                out);
    }

    @Override
    public List<Slot> inputs() {
        return Operands.of(qkv, pattern.pointers(), pattern.columns());
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(out, logSumExp);
    }

    @Override
    public Attention withSlots(UnaryOperator<Slot> map) {
        return new Attention(
                neighbours,
                qkv.mapped(map),
                pattern.withSlots(map),
                heads,
                scale,
                out.mapped(map),
                logSumExp.mapped(map));
    }

    /** How attention meets its neighbours. */
    public enum Neighbours {
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
    public record Pattern(
            Slot pointers,
            Slot columns,
            Slot transposedPointers,
            Slot transposedColumns,
            Dim degree) {
        Pattern withSlots(UnaryOperator<Slot> map) {
            return new Pattern(
                    pointers.mapped(map),
                    columns.mapped(map),
                    transposedPointers.mapped(map),
                    transposedColumns.mapped(map),
                    degree);
        }
    }

    /**
     * The gradient of {@link Attention}.
     *
     * @param attention the op differentiated
     * @param dOut [B, N, C]
     * @param dQkv [B, N, 3·C]
     */
    public record Gradient(Attention attention, Slot dOut, Slot dQkv) implements Op.Adjoint {
        @Override
        public List<Slot> inputs() {
            Pattern pattern = attention.pattern();
            return Operands.of(
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
            return Operands.of(dQkv);
        }

        @Override
        public Gradient withSlots(UnaryOperator<Slot> map) {
            return new Gradient(attention.withSlots(map), dOut.mapped(map), dQkv.mapped(map));
        }
    }

    /**
     * The gradient of {@link Attention} and of the layer that its queries, keys and values come
     * from; nothing else reads the gradient by these.
     *
     * @param attention the gradient by what the layer gave
     * @param layer the gradients by the layer's operands
     */
    public record LayerGradient(Gradient attention, NormLinear.Gradient layer)
            implements Op.Composite {
        public LayerGradient {
            require(
                    joins(attention, layer),
                    "%s is not of the layer before %s",
                    layer,
                    attention.attention());
        }

        /** Whether a layer's gradient goes on from that of attention. */
        static boolean joins(Gradient attention, NormLinear.Gradient layer) {
            MatMul linear = layer.layer().linear();
            return layer.weights().dOut().equals(attention.dQkv())
                    && linear.out().equals(attention.attention().qkv())
                    && !linear.add().present();
        }

        @Override
        public List<Op> parts() {
            return List.of(attention, layer);
        }

        @Override
        public List<Slot> inputs() {
            List<Slot> inputs = new ArrayList<>(attention.inputs());
            inputs.addAll(layer.inputs());
            inputs.remove(attention.dQkv());
            return inputs;
        }

        @Override
        public List<Slot> outputs() {
            return layer.outputs();
        }

        @Override
        public Slot inPlace() {
            return layer.inPlace();
        }

        @Override
        public LayerGradient withSlots(UnaryOperator<Slot> map) {
            return new LayerGradient(attention.withSlots(map), layer.withSlots(map));
        }
    }
}
