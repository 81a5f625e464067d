package gsdm.tensor.contract;

import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Definitions;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.Projection;
import gsdm.tensor.program.Segments;
import gsdm.tensor.program.Slot;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random patterns, embedding indices and kinds of nodes for test programs. */
final class Graphs {
    private Graphs() {}

    /** What a random pattern is like. */
    enum Kind {
        /** Each edge both ways and self loops: its own transpose. */
        SYMMETRIC,
        /** Random edges one way, every third row empty, the last row full. */
        ASYMMETRIC
    }

    static Attention.Pattern pattern(TestProgram program, Kind kind, int nodes, Dim n) {
        boolean[][] linked = new boolean[nodes][nodes];
        SplittableRandom random = program.random.split();
        for (int i = 0; i < nodes; i++) {
            for (int e = 0; e < 4; e++) {
                link(linked, kind, i, random.nextInt(nodes));
            }
            link(linked, kind, i, i);
        }
        if (kind == Kind.ASYMMETRIC) {
            for (int i = 0; i < nodes; i++) {
                for (int j = 0; j < nodes; j++) {
                    linked[i][j] = i == nodes - 1 || (linked[i][j] && i % 3 != 0);
                }
            }
        } else {
            for (int j = 0; j < nodes; j++) {
                link(linked, kind, nodes / 2, j);
            }
        }
        List<List<Integer>> rows = new ArrayList<>();
        List<List<Integer>> columns = new ArrayList<>();
        int degree = 0;
        for (int i = 0; i < nodes; i++) {
            rows.add(new ArrayList<>());
            columns.add(new ArrayList<>());
            for (int j = 0; j < nodes; j++) {
                if (linked[i][j]) {
                    rows.get(i).add(j);
                }
                if (linked[j][i]) {
                    columns.get(i).add(j);
                }
            }
            degree = Math.max(degree, rows.get(i).size());
        }
        int edges = pointers(rows)[nodes];
        Dim e = program.dim("E", edges);
        Dim m = program.dim("degree", degree);
        Slot pointers = program.indices("pointers", pointers(rows), n.plus(1));
        Slot targets = program.indices("columns", flat(rows), e);
        if (kind == Kind.SYMMETRIC) {
            return new Attention.Pattern(pointers, targets, pointers, targets, m);
        }
        return new Attention.Pattern(
                pointers,
                targets,
                program.indices("transposed pointers", pointers(columns), n.plus(1)),
                program.indices("transposed columns", flat(columns), e),
                m);
    }

    private static void link(boolean[][] linked, Kind kind, int i, int j) {
        linked[i][j] = true;
        if (kind == Kind.SYMMETRIC) {
            linked[j][i] = true;
        }
    }

    /** A pattern that dense attention does not read. */
    static Attention.Pattern none() {
        return new Attention.Pattern(Slot.NONE, Slot.NONE, Slot.NONE, Slot.NONE, Dim.of(1));
    }

    /**
     * A random row of a table of {@code rows} for each node; the first row is left out if it can.
     */
    static Segments segments(TestProgram program, int rows, int nodes, Dim n) {
        int[] index = new int[nodes];
        List<List<Integer>> members = new ArrayList<>();
        for (int k = 0; k < rows; k++) {
            members.add(new ArrayList<>());
        }
        for (int i = 0; i < nodes; i++) {
            index[i] = rows == 1 ? 0 : program.random.nextInt(1, rows);
            members.get(index[i]).add(i);
        }
        return new Segments(
                program.indices("index", index, n),
                program.indices("member pointers", pointers(members), Dim.of(rows + 1)),
                program.indices("members", flat(members), n));
    }

    /** Random functions of random nodes; every third node has none. */
    static Definitions definitions(TestProgram program, int nodes, Dim n) {
        List<List<Integer>> codes = new ArrayList<>();
        List<Integer> operands = new ArrayList<>();
        List<Float> constants = new ArrayList<>();
        List<List<Integer>> reads = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            reads.add(new ArrayList<>());
        }
        SplittableRandom random = program.random.split();
        for (int i = 0; i < nodes; i++) {
            List<Integer> own = new ArrayList<>();
            codes.add(own);
            int first = operands.size();
            for (int term = 0; i % 3 < 2 && term < 1 + i % 5; term++) {
                int left = operands.size() - 1;
                append(random, 2, nodes, own, operands, constants, reads);
                if (term > 0) {
                    own.add(Definitions.Code.PLUS.ordinal());
                    operands.add(left - first);
                    constants.add(0f);
                }
            }
        }
        float[] numbers = new float[constants.size()];
        for (int t = 0; t < numbers.length; t++) {
            numbers[t] = constants.get(t);
        }
        Dim t = program.dim("T", numbers.length);
        Dim r = program.dim("R", flat(reads).length);
        int[] flatOperands = flat(List.of(operands));
        return new Definitions(
                program.indices("code pointers", pointers(codes), n.plus(1)),
                program.indices("codes", flat(codes), t),
                program.indices("operands", flatOperands, t),
                program.input("constants", numbers, t),
                program.indices("read pointers", pointers(reads), n.plus(1)),
                program.indices("reads", flat(reads), r));
    }

    /** A term of that depth at most; exponentials of what is read alone, which stay small. */
    private static void append(
            SplittableRandom random,
            int depth,
            int nodes,
            List<Integer> codes,
            List<Integer> operands,
            List<Float> constants,
            List<List<Integer>> reads) {
        int leaf = Definitions.Code.CONSTANT.ordinal();
        int code =
                depth == 0
                        ? random.nextInt(4) / 3
                        : random.nextInt(leaf + 1, Definitions.Code.values().length);
        int first = operands.size() - codes.size();
        int operand = 0;
        if (code > leaf) {
            boolean exponential = code == Definitions.Code.EXP.ordinal();
            int inner = exponential ? 0 : depth - 1;
            append(random, inner, nodes, codes, operands, constants, reads);
            if (code > Definitions.Code.EXP.ordinal()) {
                operand = operands.size() - 1 - first;
                append(random, inner, nodes, codes, operands, constants, reads);
            }
        } else if (code < leaf) {
            operand = random.nextInt(nodes);
            reads.get(operand).add(operands.size());
        }
        codes.add(code);
        operands.add(operand);
        constants.add(code == leaf ? (float) random.nextGaussian() : 0f);
    }

    private static int[] pointers(List<List<Integer>> lists) {
        int[] pointers = new int[lists.size() + 1];
        for (int i = 0; i < lists.size(); i++) {
            pointers[i + 1] = pointers[i] + lists.get(i).size();
        }
        return pointers;
    }

    private static int[] flat(List<List<Integer>> lists) {
        return lists.stream().flatMap(List::stream).mapToInt(Integer::intValue).toArray();
    }

    /**
     * Continuous nodes, nodes of 2 options and nodes of 4.
     *
     * @param kinds in that order
     * @param values [X], of an example
     */
    record Mixed(List<NodeKind> kinds, Dim values) {
        private static final int[] OPTIONS = {1, 2, 4};

        static Mixed of(TestProgram program, int nodes) {
            int four = nodes / 3;
            int two = nodes / 4;
            int[] counts = {nodes - four - two, two, four};
            List<NodeKind> kinds = new ArrayList<>();
            int values = 0;
            for (int k = 0; k < OPTIONS.length; k++) {
                kinds.add(new NodeKind(program.dim("N" + OPTIONS[k], counts[k]), OPTIONS[k]));
                values += counts[k] * OPTIONS[k];
            }
            return new Mixed(kinds, program.dim("X", values));
        }

        /** How many values, one a node, belong to continuous nodes. */
        int continuous(TestProgram program) {
            return program.extents().of(kinds.getFirst().nodes());
        }

        /** Projections into channels. */
        List<Projection> into(TestProgram program, int channels) {
            Dim c = Dim.of(channels);
            List<Projection> projections = new ArrayList<>();
            for (NodeKind kind : kinds) {
                Dim options = Dim.of(kind.options());
                Slot weight = program.parameter("in weight " + options, 0.7, c, options);
                Slot bias = program.parameter("in bias " + options, 0.3, c);
                projections.add(new Projection(kind, weight, bias));
            }
            return projections;
        }

        /** Projections out of channels. */
        List<Projection> outOf(TestProgram program, int channels) {
            Dim c = Dim.of(channels);
            List<Projection> projections = new ArrayList<>();
            for (NodeKind kind : kinds) {
                Dim options = Dim.of(kind.options());
                Slot weight = program.parameter("out weight " + options, 0.3, options, c);
                Slot bias = program.parameter("out bias " + options, 0.3, options);
                projections.add(new Projection(kind, weight, bias));
            }
            return projections;
        }
    }
}
