package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.AddRows;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Gather;
import gsdm.tensor.program.Segments;
import gsdm.tensor.program.Shape;
import gsdm.tensor.program.Slot;

import java.util.List;

/** {@link Gather}, {@link AddRows} and their gradients. */
final class TableRows {
    private TableRows() {}

    /** An item is a node. */
    static final class Take implements Part {
        private final Gather op;
        private final Floats table;
        private final Ints index;
        private final Floats add;
        private final Floats out;
        private int channels;

        Take(Gather op, Addresses at) {
            this.op = op;
            table = Floats.of(op.table(), at);
            index = Ints.of(op.segments().index(), at);
            add = Floats.of(op.add(), at);
            out = Floats.of(op.out(), at);
        }

        @Override
        public int prepare(Extents extents) {
            channels = op.out().shape().columns(extents);
            return op.out().shape().rows(extents);
        }

        @Override
        public void compute(int node, int block) {
            long from = (long) index.get(node) * channels;
            long to = (long) node * channels;
            for (int c = 0; c < channels; c++) {
                double value = table.get(from + c);
                out.set(to + c, op.add().present() ? value + add.get(to + c) : value);
            }
        }
    }

    /** An item is a node of an example. */
    static final class Join implements Part {
        private final AddRows op;
        private final Floats x;
        private final Floats example;
        private final Floats table;
        private final Ints index;
        private final Floats out;
        private int nodes;
        private int channels;

        Join(AddRows op, Addresses at) {
            this.op = op;
            x = Floats.of(op.x(), at);
            example = Floats.of(op.example(), at);
            table = Floats.of(op.table(), at);
            index = Ints.of(op.segments().index(), at);
            out = Floats.of(op.out(), at);
        }

        @Override
        public int prepare(Extents extents) {
            Shape shape = op.x().shape();
            nodes = extents.of(shape.dims().get(1));
            channels = shape.columns(extents);
            return shape.rows(extents);
        }

        @Override
        public void compute(int row, int block) {
            long ofExample = (long) (row / nodes) * channels;
            long ofTable = (long) index.get(row % nodes) * channels;
            for (int c = 0; c < channels; c++) {
                long at = (long) row * channels + c;
                double value = (double) x.get(at) + example.get(ofExample + c);
                out.set(at, value + table.get(ofTable + c));
            }
        }
    }

    /** Sums over the nodes of an example, which is the item. */
    static final class ExampleBackward implements Part {
        private final AddRows.Gradient op;
        private final Floats dOut;
        private final Floats dExample;
        private final Sums sums = new Sums();
        private int nodes;
        private int channels;

        ExampleBackward(AddRows.Gradient op, Addresses at) {
            this.op = op;
            dOut = Floats.of(op.dOut(), at);
            dExample = Floats.of(op.dExample(), at);
        }

        @Override
        public int prepare(Extents extents) {
            List<Dim> dims = op.dOut().shape().dims();
            nodes = extents.of(dims.get(1));
            channels = extents.of(dims.get(2));
            sums.reserve(channels);
            return extents.of(dims.get(0));
        }

        @Override
        public void compute(int example, int block) {
            double[] sum = sums.zeroed(block);
            for (int n = 0; n < nodes; n++) {
                dOut.addTo(sum, 1, ((long) example * nodes + n) * channels, channels);
            }
            dExample.setAll((long) example * channels, sum, channels);
        }
    }

    /** Sums over the nodes that took a row of the table, which is the item, and over examples. */
    static final class TableBackward implements Part {
        private final Slot dOutSlot;
        private final Slot dTableSlot;
        private final Slot indexSlot;
        private final Floats dOut;
        private final Ints pointers;
        private final Ints members;
        private final Floats dTable;
        private final Sums sums = new Sums();
        private int examples;
        private int nodes;
        private int channels;

        /** For dOut [N, C] or [B, N, C]. */
        TableBackward(Slot dOut, Segments segments, Slot dTable, Addresses at) {
            dOutSlot = dOut;
            dTableSlot = dTable;
            indexSlot = segments.index();
            this.dOut = Floats.of(dOut, at);
            pointers = Ints.of(segments.pointers(), at);
            members = Ints.of(segments.members(), at);
            this.dTable = Floats.of(dTable, at);
        }

        @Override
        public int prepare(Extents extents) {
            nodes = indexSlot.shape().columns(extents);
            channels = dOutSlot.shape().columns(extents);
            List<Dim> dims = dOutSlot.shape().dims();
            examples = dims.size() == 3 ? extents.of(dims.getFirst()) : 1;
            sums.reserve(channels);
            return dTableSlot.shape().rows(extents);
        }

        @Override
        public void compute(int row, int block) {
            double[] sum = sums.zeroed(block);
            for (int b = 0; b < examples; b++) {
                for (int i = pointers.get(row); i < pointers.get(row + 1L); i++) {
                    long at = ((long) b * nodes + members.get(i)) * channels;
                    dOut.addTo(sum, 1, at, channels);
                }
            }
            dTable.setAll((long) row * channels, sum, channels);
        }
    }
}
