package gsdm.tensor.cpu;

import gsdm.tensor.program.AddRows;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Definitions;
import gsdm.tensor.program.Definitions.Code;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Gather;
import gsdm.tensor.program.Loss;
import gsdm.tensor.program.Normals;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.Residuals;
import gsdm.tensor.program.Segments;
import gsdm.tensor.program.Slot;
import gsdm.tensor.program.Standardise;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;

/**
 * The integers in memory that a program's kernels follow without looking: columns, rows of tables,
 * where lists start and end. Looked through before each run, once however many ops share them,
 * which is little against what an op does for each.
 */
public final class Indices {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private final Check[] checks;

    /** Something that must hold at the sizes of a run. Equal checks are made once. */
    private sealed interface Check {
        void check(Extents extents);
    }

    private Indices(Set<Check> checks) {
        this.checks = checks.toArray(Check[]::new);
    }

    /**
     * Those of the ops of a program.
     *
     * @param at what the host has of a slot, at its largest size
     */
    public static Indices of(Program program, Function<Slot, MemorySegment> at) {
        Set<Check> checks = new LinkedHashSet<>();
        for (Op op : program.inParts().ops()) {
            switch (op) {
                case Gather o -> checks.add(rows(o.segments(), o.table(), at));
                case AddRows o -> checks.add(rows(o.segments(), o.table(), at));
                case Gather.Gradient o -> addMembers(checks, o.segments(), o.dTable(), at);
                case AddRows.Gradient o -> addMembers(checks, o.segments(), o.dTable(), at);
                case Attention o -> addNeighbours(checks, o, at);
                case Attention.Gradient o -> {
                    addNeighbours(checks, o.attention(), at);
                    addAskers(checks, o.attention(), at);
                }
                case Loss o -> checks.add(bounds(o.bounds(), o.prediction(), at));
                case Loss.Gradient o -> checks.add(bounds(o.loss().bounds(), o.dPrediction(), at));
                case Standardise o -> checks.add(bounds(o.bounds(), o.out(), at));
                case Normals o -> checks.add(bounds(o.bounds(), o.out(), at));
                case Residuals o -> addDefinitions(checks, o, at);
                default -> {}
            }
        }
        return new Indices(checks);
    }

    private static Check rows(Segments segments, Slot table, Function<Slot, MemorySegment> at) {
        return entries(segments.index(), table.shape().dims().getFirst(), at);
    }

    private static void addMembers(
            Set<Check> checks, Segments segments, Slot table, Function<Slot, MemorySegment> at) {
        checks.add(rows(segments, table, at));
        Dim nodes = segments.index().shape().last();
        addLists(checks, segments.pointers(), segments.members(), nodes, nodes, at);
    }

    private static void addNeighbours(
            Set<Check> checks, Attention op, Function<Slot, MemorySegment> at) {
        if (op.neighbours() != Attention.Neighbours.DENSE) {
            Attention.Pattern pattern = op.pattern();
            addLists(
                    checks,
                    pattern.pointers(),
                    pattern.columns(),
                    op.out().shape().dims().get(1),
                    pattern.degree(),
                    at);
        }
    }

    /** The transpose: any number of nodes may attend to one. */
    private static void addAskers(
            Set<Check> checks, Attention op, Function<Slot, MemorySegment> at) {
        if (op.neighbours() != Attention.Neighbours.DENSE) {
            Attention.Pattern pattern = op.pattern();
            addLists(
                    checks,
                    pattern.transposedPointers(),
                    pattern.transposedColumns(),
                    op.out().shape().dims().get(1),
                    pattern.transposedColumns().shape().last(),
                    at);
        }
    }

    private static void addDefinitions(
            Set<Check> checks, Residuals op, Function<Slot, MemorySegment> at) {
        Definitions definitions = op.definitions();
        Dim instructions = definitions.codes().shape().last();
        Dim reads = definitions.reads().shape().last();
        checks.add(bounds(op.bounds(), op.values(), at));
        checks.add(
                new Lists(
                        definitions.pointers(),
                        instructions,
                        instructions,
                        at.apply(definitions.pointers())));
        checks.add(
                new Instructions(
                        definitions,
                        op.observed().shape().last(),
                        at.apply(definitions.pointers()),
                        at.apply(definitions.codes()),
                        at.apply(definitions.operands())));
        addLists(checks, definitions.readPointers(), definitions.reads(), instructions, reads, at);
    }

    private static void addLists(
            Set<Check> checks,
            Slot pointers,
            Slot entries,
            Dim limit,
            Dim longest,
            Function<Slot, MemorySegment> at) {
        checks.add(new Lists(pointers, entries.shape().last(), longest, at.apply(pointers)));
        checks.add(entries(entries, limit, at));
    }

    private static Check bounds(Slot bounds, Slot values, Function<Slot, MemorySegment> at) {
        return new Bounds(bounds, values.shape().last(), at.apply(bounds));
    }

    private static Check entries(Slot slot, Dim limit, Function<Slot, MemorySegment> at) {
        return new Entries(slot, limit, at.apply(slot));
    }

    /**
     * Fails unless every index lies where it belongs.
     *
     * @throws IllegalArgumentException if one does not
     */
    public void check(Extents extents) {
        for (Check check : checks) {
            check.check(extents);
        }
    }

    /** Every entry of {@code slot} is in [0, limit). */
    private record Entries(Slot slot, Dim limit, MemorySegment data) implements Check {
        @Override
        public void check(Extents extents) {
            int size = Math.toIntExact(slot.shape().size(extents));
            int most = extents.of(limit) - 1;
            int signs = 0;
            for (int i = 0; i < size; i++) {
                int entry = data.getAtIndex(INT, i);
                signs |= entry | (most - entry);
            }
            if (signs < 0) {
                throw refuse(size, most);
            }
        }

        private IllegalArgumentException refuse(int size, int most) {
            int i = 0;
            while (i < size && data.getAtIndex(INT, i) >= 0 && data.getAtIndex(INT, i) <= most) {
                i++;
            }
            return outside(slot, i, data.getAtIndex(INT, i), most);
        }
    }

    /** From 0 to the number of values, in ascending order. */
    private record Bounds(Slot bounds, Dim values, MemorySegment data) implements Check {
        @Override
        public void check(Extents extents) {
            int last = bounds.shape().last().size() - 1;
            int previous = 0;
            boolean ascending = data.getAtIndex(INT, 0) == 0;
            for (int i = 1; i <= last; i++) {
                int next = data.getAtIndex(INT, i);
                ascending &= next >= previous;
                previous = next;
            }
            if (!ascending || previous != extents.of(values)) {
                throw new IllegalArgumentException(
                        "the entries of %s must lie in [0, %d] and ascend from 0 to that, found %s"
                                .formatted(
                                        bounds,
                                        extents.of(values),
                                        Arrays.toString(data.toArray(INT))));
            }
        }
    }

    /**
     * List i starts at pointers[i] and ends at pointers[i + 1], within [0, end], with at most
     * {@code longest} entries.
     */
    private record Lists(Slot pointers, Dim end, Dim longest, MemorySegment data) implements Check {
        @Override
        public void check(Extents extents) {
            int lists = Math.toIntExact(pointers.shape().size(extents)) - 1;
            int most = extents.of(longest);
            int previous = data.getAtIndex(INT, 0);
            int signs = previous;
            for (int i = 1; i <= lists; i++) {
                int next = data.getAtIndex(INT, i);
                signs |= next | (next - previous) | (most - (next - previous));
                previous = next;
            }
            if (signs < 0 || previous > extents.of(end)) {
                throw refuse(lists, extents);
            }
        }

        private IllegalArgumentException refuse(int lists, Extents extents) {
            int most = extents.of(longest);
            int i = 0;
            while (i < lists && fits(i, most, extents.of(end))) {
                i++;
            }
            return new IllegalArgumentException(
                    ("list %d of %s must lie in [0, %d] and have at most %d entries (%s), found"
                                    + " [%d, %d)")
                            .formatted(
                                    i,
                                    pointers,
                                    extents.of(end),
                                    most,
                                    longest,
                                    data.getAtIndex(INT, i),
                                    data.getAtIndex(INT, Math.min(i + 1, lists))));
        }

        private boolean fits(int i, int most, int limit) {
            int from = data.getAtIndex(INT, i);
            int to = data.getAtIndex(INT, i + 1);
            return 0 <= from && from <= to && to <= limit && to - from <= most;
        }
    }

    /**
     * No instruction has more operands than instructions of its node come before it; what it reads
     * is a node, and its left operand one of those but the last. Of pointers that were checked.
     */
    private record Instructions(
            Definitions definitions,
            Dim nodes,
            MemorySegment pointers,
            MemorySegment codes,
            MemorySegment operands)
            implements Check {
        @Override
        public void check(Extents extents) {
            int nodeCount = extents.of(nodes);
            for (int n = 0; n < nodeCount; n++) {
                int first = pointers.getAtIndex(INT, n);
                int end = pointers.getAtIndex(INT, n + 1L);
                for (int t = first; t < end; t++) {
                    int mostCode = Code.last(Math.min(t - first, 2)).ordinal();
                    int code = codes.getAtIndex(INT, t);
                    require(definitions.codes(), t, code, mostCode);
                    int most =
                            code == Code.READ.ordinal()
                                    ? nodeCount - 1
                                    : code > Code.EXP.ordinal() ? t - first - 2 : 0;
                    require(definitions.operands(), t, operands.getAtIndex(INT, t), most);
                }
            }
        }

        private static void require(Slot slot, int at, int entry, int most) {
            if ((entry | (most - entry)) < 0) {
                throw outside(slot, at, entry, most);
            }
        }
    }

    private static IllegalArgumentException outside(Slot slot, int at, int entry, int most) {
        return new IllegalArgumentException(
                "entry %d of %s must lie in [0, %d], found %d".formatted(at, slot, most, entry));
    }
}
