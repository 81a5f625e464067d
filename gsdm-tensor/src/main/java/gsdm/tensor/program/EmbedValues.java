package gsdm.tensor.program;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The input of a network: out[b, n] = weight·(values of node n) + bias + observed[b, n] ·
 * observedEmbedding, with the projection of the node's kind.
 *
 * @param values [B, X]
 * @param observed [B, N]: 1 where a node is observed, else 0
 * @param observedEmbedding [C]
 * @param out [B, N, C]
 */
public record EmbedValues(
        Slot values, Slot observed, List<Projection> projections, Slot observedEmbedding, Slot out)
        implements Op.Forward {
    @Override
    public List<Slot> inputs() {
        List<Slot> slots = new ArrayList<>(Operands.of(values, observed, observedEmbedding));
        slots.addAll(Projection.parameters(projections));
        return slots;
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(out);
    }

    @Override
    public EmbedValues withSlots(UnaryOperator<Slot> map) {
        return new EmbedValues(
                values.mapped(map),
                observed.mapped(map),
                Projection.mapped(projections, map),
                observedEmbedding.mapped(map),
                out.mapped(map));
    }

    /**
     * The gradients of {@link EmbedValues} by its parameters.
     *
     * @param embed the op differentiated
     * @param dOut [B, N, C]
     * @param dProjections where the gradients go, shaped as {@code embed.projections()}
     * @param dObservedEmbedding [C]
     */
    public record Gradient(
            EmbedValues embed, Slot dOut, List<Projection> dProjections, Slot dObservedEmbedding)
            implements Op.Adjoint {
        @Override
        public List<Slot> inputs() {
            return Operands.of(embed.values(), embed.observed(), dOut);
        }

        @Override
        public List<Slot> outputs() {
            List<Slot> slots = new ArrayList<>(Operands.of(dObservedEmbedding));
            slots.addAll(Projection.parameters(dProjections));
            return slots;
        }

        @Override
        public Gradient withSlots(UnaryOperator<Slot> map) {
            return new Gradient(
                    embed.withSlots(map),
                    dOut.mapped(map),
                    Projection.mapped(dProjections, map),
                    dObservedEmbedding.mapped(map));
        }
    }
}
