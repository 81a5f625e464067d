package gsdm.tensor.program;

import java.util.List;

/**
 * out[n] = table[index[n]] + add[n].
 *
 * @param table [K, C]
 * @param add [N, C] or NONE
 * @param out [N, C]
 */
public record Gather(Slot table, Segments segments, Slot add, Slot out) implements Op.Forward {
    @Override
    public List<Slot> inputs() {
        return Operands.of(table, segments.index(), add);
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(out);
    }

    /**
     * dTable[k] = the sum of dOut[n] over the nodes n of row k: the gradient of {@link Gather}.
     *
     * @param dOut [N, C]
     * @param dTable [K, C]
     */
    public record Gradient(Slot dOut, Segments segments, Slot dTable) implements Op.Adjoint {
        @Override
        public List<Slot> inputs() {
            return Operands.of(dOut, segments.index(), segments.pointers(), segments.members());
        }

        @Override
        public List<Slot> outputs() {
            return Operands.of(dTable);
        }
    }
}
