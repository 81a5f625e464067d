package gsdm.tensor.tornado;

import gsdm.tensor.program.AddRows;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Gather;
import gsdm.tensor.program.Segments;
import gsdm.tensor.program.Slot;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.function.ToIntFunction;

/**
 * {@link Gather}, {@link AddRows} and their gradients.
 *
 * <p>The members of all rows of a table, one row after the other, are cut into chunks. A row within
 * a chunk is summed at once; what chunks have of longer rows goes to workspace and is put together
 * after, two places a chunk: first for a row that began before, then for one that begins here and
 * goes on.
 */
final class TableRowTasks {
    private static final int GROUP = ColumnSumTasks.GROUP;

    /** The least members of a chunk, while there are few chunks. */
    private static final int LENGTH = 64;

    private static final int MOST_CHUNKS = 256;

    private TableRowTasks() {}

    /** out[n] = table[index[n]] + add[n]. A work item is an element. Numbers: elements. */
    static void gather(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray table,
            IntArray index,
            FloatArray add,
            int adds,
            int channels,
            FloatArray out) {
        int at = places.get(0);
        int tableAt = places.get(1);
        int indexAt = places.get(2);
        int addAt = places.get(3);
        int outAt = places.get(4);
        int i = context.globalIdx;
        if (i < sizes.get(at)) {
            int row = index.get(indexAt + i / channels);
            float value = table.get(tableAt + row * channels + i % channels);
            if (adds != 0) {
                value += add.get(addAt + i);
            }
            out.set(outAt + i, value);
        }
    }

    /**
     * out[b, n] = x[b, n] + example[b] + table[index[n]]. A work item is an element. Numbers:
     * elements, nodes of an example (at least 1, to divide by).
     */
    static void addRows(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray x,
            FloatArray example,
            FloatArray table,
            IntArray index,
            int channels,
            FloatArray out) {
        int at = places.get(0);
        int xAt = places.get(1);
        int exampleAt = places.get(2);
        int tableAt = places.get(3);
        int indexAt = places.get(4);
        int outAt = places.get(5);
        int i = context.globalIdx;
        if (i < sizes.get(at)) {
            int channel = i % channels;
            int node = i / channels;
            int nodes = sizes.get(at + 1);
            int row = index.get(indexAt + node % nodes);
            float ofExample = example.get(exampleAt + node / nodes * channels + channel);
            float ofTable = table.get(tableAt + row * channels + channel);
            out.set(outAt + i, x.get(xAt + i) + ofExample + ofTable);
        }
    }

    /** Where the members of a row begin. */
    static int first(IntArray pointers, int pointersAt, int row) {
        return pointers.get(pointersAt + row);
    }

    /**
     * Sums over the members of a row in a chunk and over examples. A group has a row and a chunk
     * and a few channels: the rows before and the chunks before tell such groups apart, since
     * either grows from one to the next. Numbers: rows of the table, members, examples, members of
     * a chunk, chunks.
     */
    static void members(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray dOut,
            IntArray pointers,
            IntArray members,
            int channels,
            FloatArray parts,
            FloatArray dTable) {
        int at = places.get(0);
        int dOutAt = places.get(1);
        int pointersAt = places.get(2);
        int membersAt = places.get(3);
        int partsAt = places.get(4);
        int dTableAt = places.get(5);
        int across = ColumnSumTasks.across(channels);
        int blocks = ColumnSumTasks.blocks(channels);
        int item = context.localIdx;
        int channel = context.groupIdx % blocks * across + item % across;
        int place = context.groupIdx / blocks;
        int nodes = sizes.get(at + 1);
        int length = sizes.get(at + 3);
        int row = 0;
        int beyond = sizes.get(at);
        while (beyond - row > 1) {
            int middle = (row + beyond) / 2;
            if (middle + first(pointers, pointersAt, middle) / length <= place) {
                row = middle;
            } else {
                beyond = middle;
            }
        }
        int chunk = place - row;
        int first = 0;
        int end = 0;
        if (row < sizes.get(at)) {
            first = first(pointers, pointersAt, row);
            end = first(pointers, pointersAt, row + 1);
        }
        int from = Math.max(first, chunk * length);
        int count = Math.min(end, (chunk + 1) * length) - from;
        int some = Math.max(count, 1 - (end - first)); // nor is a row without members left out
        boolean own = row < sizes.get(at) && channel < channels && some > 0;
        float sum = 0;
        if (own) {
            int entries = count * sizes.get(at + 2);
            for (int entry = item / across; entry < entries; entry += GROUP / across) {
                int member = members.get(membersAt + from + entry % count);
                int node = entry / count * nodes + member;
                sum += dOut.get(dOutAt + node * channels + channel);
            }
        }
        sum = ColumnSumTasks.sumOfLanes(context, item, across, sum);
        if (own && item < across) {
            if (from == first && from + count == end) {
                dTable.set(dTableAt + row * channels + channel, sum);
            } else {
                int begins = from == first ? 1 : 0;
                parts.set(partsAt + (2 * chunk + begins) * channels + channel, sum);
            }
        }
    }

    /**
     * The sums of rows that begin in a chunk and go on. A group has such a chunk and a few
     * channels. Numbers: as {@link #members}.
     */
    static void longRows(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            IntArray pointers,
            FloatArray parts,
            int channels,
            FloatArray dTable) {
        int at = places.get(0);
        int pointersAt = places.get(1);
        int partsAt = places.get(2);
        int dTableAt = places.get(3);
        int across = ColumnSumTasks.across(channels);
        int blocks = ColumnSumTasks.blocks(channels);
        int item = context.localIdx;
        int channel = context.groupIdx % blocks * across + item % across;
        int chunk = context.groupIdx / blocks;
        int length = sizes.get(at + 3);
        int next = (chunk + 1) * length;
        int row = 0;
        int beyond = sizes.get(at);
        while (beyond - row > 1) {
            int middle = (row + beyond) / 2;
            if (first(pointers, pointersAt, middle) <= next) {
                row = middle;
            } else {
                beyond = middle;
            }
        }
        boolean own = false;
        int last = 0;
        if (chunk + 1 < sizes.get(at + 4) && row < sizes.get(at)) {
            int first = first(pointers, pointersAt, row);
            own = channel < channels && first < next && first >= chunk * length;
            last = (first(pointers, pointersAt, row + 1) - 1) / length;
        }
        float sum = 0;
        if (own) {
            for (int of = chunk + item / across; of <= last; of += GROUP / across) {
                int begins = of == chunk ? 1 : 0;
                sum += parts.get(partsAt + (2 * of + begins) * channels + channel);
            }
        }
        sum = ColumnSumTasks.sumOfLanes(context, item, across, sum);
        if (own && item < across) {
            dTable.set(dTableAt + row * channels + channel, sum);
        }
    }

    @SuppressWarnings("unchecked")
    static void lower(Gather op, Lowering to) {
        int channels = op.out().shape().last().size();
        int adds = op.add().present() ? 1 : 0;
        int at = to.numbers(Lowering.count(op.out()));
        Lowering.Floats table = to.floats(op.table());
        Lowering.Ints index = to.ints(op.segments().index());
        Lowering.Floats add = to.floats(op.add());
        Lowering.Floats out = to.floats(op.out());
        to.launch(
                "gather",
                9,
                Lowering.elements(op.out()),
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                TableRowTasks::gather,
                                to.context(),
                                to.sizes(),
                                to.places(at, table.at(), index.at(), add.at(), out.at()),
                                table.array(),
                                index.array(),
                                add.array(),
                                adds,
                                channels,
                                out.array()));
    }

    static void lower(Gather.Gradient op, Lowering to) {
        lowerTable(op.dOut(), _ -> 1, op.segments(), op.dTable(), to);
    }

    @SuppressWarnings("unchecked")
    static void lower(AddRows op, Lowering to) {
        int channels = op.out().shape().last().size();
        Dim nodes = op.out().shape().dims().get(1);
        int at = to.numbers(Lowering.count(op.out()), extents -> Math.max(1, extents.of(nodes)));
        Lowering.Floats x = to.floats(op.x());
        Lowering.Floats example = to.floats(op.example());
        Lowering.Floats table = to.floats(op.table());
        Lowering.Ints index = to.ints(op.segments().index());
        Lowering.Floats out = to.floats(op.out());
        to.launch(
                "addRows",
                9,
                Lowering.elements(op.out()),
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                TableRowTasks::addRows,
                                to.context(),
                                to.sizes(),
                                to.places(
                                        at, x.at(), example.at(), table.at(), index.at(), out.at()),
                                x.array(),
                                example.array(),
                                table.array(),
                                index.array(),
                                channels,
                                out.array()));
    }

    static void lower(AddRows.Gradient op, Lowering to) {
        ToIntFunction<Extents> examples = Lowering.size(op.dOut().shape().dims().getFirst());
        ColumnSumTasks.lower(
                to.floats(op.dOut()),
                op.dOut().shape().last().size(),
                examples,
                Lowering.size(op.dOut().shape().dims().get(1)),
                to.floats(op.dExample()),
                to);
        lowerTable(op.dOut(), examples, op.segments(), op.dTable(), to);
    }

    private static int length(int members) {
        return Math.max(LENGTH, Math.ceilDiv(members, MOST_CHUNKS));
    }

    private static int chunks(int members) {
        return Math.max(1, Math.ceilDiv(members, length(members)));
    }

    @SuppressWarnings("unchecked")
    private static void lowerTable(
            Slot dOutSlot,
            ToIntFunction<Extents> examples,
            Segments segments,
            Slot dTableSlot,
            Lowering to) {
        int channels = dOutSlot.shape().last().size();
        int blocks = ColumnSumTasks.blocks(channels);
        ToIntFunction<Extents> rows = Lowering.rows(dTableSlot);
        ToIntFunction<Extents> nodes = Lowering.size(segments.index().shape().last());
        ToIntFunction<Extents> chunks = extents -> chunks(nodes.applyAsInt(extents));
        int at =
                to.numbers(
                        rows,
                        nodes,
                        examples,
                        extents -> length(nodes.applyAsInt(extents)),
                        chunks);
        Lowering.Floats dOut = to.floats(dOutSlot);
        Lowering.Ints pointers = to.ints(segments.pointers());
        Lowering.Ints members = to.ints(segments.members());
        Lowering.Floats parts = to.workspace(_ -> 2L * MOST_CHUNKS * channels);
        Lowering.Floats dTable = to.floats(dTableSlot);
        to.launch(
                "membersOfRows",
                9,
                extents ->
                        ((long) rows.applyAsInt(extents) + chunks.applyAsInt(extents))
                                * blocks
                                * GROUP,
                GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                TableRowTasks::members,
                                to.context(),
                                to.sizes(),
                                to.places(
                                        at,
                                        dOut.at(),
                                        pointers.at(),
                                        members.at(),
                                        parts.at(),
                                        dTable.at()),
                                dOut.array(),
                                pointers.array(),
                                members.array(),
                                channels,
                                parts.array(),
                                dTable.array()));
        to.launch(
                "longRows",
                7,
                extents -> (chunks.applyAsInt(extents) - 1L) * blocks * GROUP,
                GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                TableRowTasks::longRows,
                                to.context(),
                                to.sizes(),
                                to.places(at, pointers.at(), parts.at(), dTable.at()),
                                pointers.array(),
                                parts.array(),
                                channels,
                                dTable.array()));
    }
}
