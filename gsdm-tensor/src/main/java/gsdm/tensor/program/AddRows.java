package gsdm.tensor.program;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * out[b, n] = x[b, n] + example[b] + table[index[n]]: what depends on the example (its time step)
 * and on the node (its embedding) joins the activations.
 *
 * @param x [B, N, C]
 * @param example [B, C]
 * @param table [K, C]
 * @param out [B, N, C]
 */
public record AddRows(Slot x, Slot example, Slot table, Segments segments, Slot out)
        implements Op.Forward {
    @Override
    public List<Slot> inputs() {
        return Operands.of(x, example, table, segments.index());
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(out);
    }

    @Override
    public Slot inPlace() {
        return x;
    }

    @Override
    public AddRows withSlots(UnaryOperator<Slot> map) {
        return new AddRows(
                x.mapped(map),
                example.mapped(map),
                table.mapped(map),
                segments.withSlots(map),
                out.mapped(map));
    }

    /**
     * The gradients of {@link AddRows} by its small operands (that by x is dOut itself).
     *
     * @param dOut [B, N, C]
     * @param dExample [B, C]: sums over the nodes of an example
     * @param dTable [K, C]: sums over the batch and the nodes of a row
     */
    public record Gradient(Slot dOut, Segments segments, Slot dExample, Slot dTable)
            implements Op.Adjoint {
        @Override
        public List<Slot> inputs() {
            return Operands.of(dOut, segments.index(), segments.pointers(), segments.members());
        }

        @Override
        public List<Slot> outputs() {
            return Operands.of(dExample, dTable);
        }

        @Override
        public Gradient withSlots(UnaryOperator<Slot> map) {
            return new Gradient(
                    dOut.mapped(map),
                    segments.withSlots(map),
                    dExample.mapped(map),
                    dTable.mapped(map));
        }
    }
}
