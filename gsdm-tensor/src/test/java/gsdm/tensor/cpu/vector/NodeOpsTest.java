package gsdm.tensor.cpu.vector;

import gsdm.tensor.program.Add;
import gsdm.tensor.program.AddRows;
import gsdm.tensor.program.Copy;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.EmbedValues;
import gsdm.tensor.program.Gather;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.ProjectValues;
import gsdm.tensor.program.Projection;
import gsdm.tensor.program.Segments;
import gsdm.tensor.program.Slot;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;

/** Embeddings and projections against the scalar kernels. */
class NodeOpsTest {
    private static final double TOLERANCE = 1e-5;

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 32",
        "3, 13, 4, 64",
        "2, 207, 207, 33",
        "1, 4098, 4, 64",
        "4, 1000, 510, 32",
        "2, 600, 1, 128",
        "2, 20000, 300, 8" // fewer partial sums than half the nodes, but more than are kept
    })
    void rows(int examples, int nodes, int tableRows, int channels) {
        OpCase test = new OpCase(examples * 31L + nodes);
        Slot x = test.floats("x", examples, nodes, channels);
        Slot example = test.floats("example", examples, channels);
        Slot table = test.floats("table", tableRows, channels);
        Slot flat = test.floats("flat", nodes, channels);
        Segments segments = segments(test, nodes, tableRows);
        Slot added = test.empty("added", examples, nodes, channels);
        Slot gathered = test.empty("gathered", nodes, channels);
        Slot gatheredSum = test.empty("gatheredSum", nodes, channels);
        Slot dExample = test.empty("dExample", examples, channels);
        Slot dTable = test.empty("dTable", tableRows, channels);
        Slot dGathered = test.empty("dGathered", tableRows, channels);
        Slot sum = test.empty("sum", examples, nodes, channels);
        Slot copy = test.empty("copy", nodes, channels);
        test.check(
                TOLERANCE,
                List.of(
                        new AddRows(x, example, table, segments, added),
                        new Gather(table, segments, Slot.NONE, gathered),
                        new Gather(table, segments, flat, gatheredSum),
                        new AddRows.Gradient(x, segments, dExample, dTable),
                        new Gather.Gradient(flat, segments, dGathered),
                        new Add(x, added, sum),
                        new Copy(flat, copy)),
                added,
                gathered,
                gatheredSum,
                dExample,
                dTable,
                dGathered,
                sum,
                copy);
    }

    /** Continuous nodes, then nodes of 2 and of 5 options. */
    @ParameterizedTest
    @CsvSource({"1, 1, 0, 0, 32", "3, 13, 8, 3, 64", "2, 0, 500, 100, 33", "1, 4098, 1, 1, 64"})
    void values(int examples, int continuous, int binary, int quinary, int channels) {
        OpCase test = new OpCase(continuous + 7L * binary);
        int nodes = continuous + binary + quinary;
        int values = continuous + 2 * binary + 5 * quinary;
        int[] counts = {continuous, binary, quinary};
        int[] options = {1, 2, 5};
        Slot x = test.floats("x", examples, values);
        float[] seen = new float[examples * nodes];
        for (int i = 0; i < seen.length; i++) {
            seen[i] = test.random().nextInt(2);
        }
        Slot observed = test.given("observed", seen, examples, nodes);
        Slot h = test.floats("h", examples, nodes, channels);
        Slot cond = test.floats("cond", channels);
        Slot dCond = test.empty("dCond", channels);
        List<Projection> in = new ArrayList<>();
        List<Projection> dIn = new ArrayList<>();
        List<Projection> out = new ArrayList<>();
        List<Projection> dOut = new ArrayList<>();
        List<Slot> outputs = new ArrayList<>();
        for (int kind = 0; kind < 3; kind++) {
            if (counts[kind] == 0) {
                continue;
            }
            int o = options[kind];
            NodeKind of = new NodeKind(Dim.of(counts[kind]), o);
            in.add(
                    new Projection(
                            of, test.floats("w" + o, channels, o), test.floats("b" + o, channels)));
            out.add(new Projection(of, test.floats("v" + o, o, channels), test.floats("c" + o, o)));
            dIn.add(
                    new Projection(
                            of, test.empty("dw" + o, channels, o), test.empty("db" + o, channels)));
            dOut.add(
                    new Projection(of, test.empty("dv" + o, o, channels), test.empty("dc" + o, o)));
        }
        for (List<Projection> list : List.of(dIn, dOut)) {
            list.forEach(p -> outputs.addAll(List.of(p.weight(), p.bias())));
        }
        Slot embedded = test.empty("embedded", examples, nodes, channels);
        Slot projected = test.empty("projected", examples, values);
        Slot dH = test.empty("dH", examples, nodes, channels);
        outputs.addAll(List.of(embedded, projected, dH, dCond));
        EmbedValues embed = new EmbedValues(x, observed, in, cond, embedded);
        ProjectValues project = new ProjectValues(h, out, projected);
        test.check(
                TOLERANCE,
                List.of(
                        embed,
                        new EmbedValues.Gradient(embed, h, dIn, dCond),
                        project,
                        new ProjectValues.Gradient(project, x, dOut, dH)),
                outputs.toArray(Slot[]::new));
    }

    private static Segments segments(OpCase test, int nodes, int rows) {
        int[] index = new int[nodes];
        int[] pointers = new int[rows + 1];
        for (int n = 0; n < nodes; n++) {
            // Runs of neighbours that share a row, as the nodes of an array do, and some that do
            // not.
            index[n] =
                    n > 0 && test.random().nextInt(4) > 0
                            ? index[n - 1]
                            : test.random().nextInt(rows);
            pointers[index[n] + 1]++;
        }
        for (int k = 0; k < rows; k++) {
            pointers[k + 1] += pointers[k];
        }
        int[] next = pointers.clone();
        int[] members = new int[nodes];
        for (int n = 0; n < nodes; n++) {
            members[next[index[n]]++] = n;
        }
        return new Segments(
                test.ints("index", index),
                test.ints("pointers", pointers),
                test.ints("members", members));
    }
}
