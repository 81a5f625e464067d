package gsdm.tensor.cpu.vector;

import gsdm.tensor.program.Adam;
import gsdm.tensor.program.Add;
import gsdm.tensor.program.AddRows;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Copy;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.EmbedValues;
import gsdm.tensor.program.Gather;
import gsdm.tensor.program.MovingAverage;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.ProjectValues;
import gsdm.tensor.program.Projection;
import gsdm.tensor.program.Segments;
import gsdm.tensor.program.Slot;
import gsdm.tensor.program.SquaredNorm;
import gsdm.tensor.program.StepState;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;

/** Embeddings, projections and updates against the scalar kernels. */
class NodeOpsTest {
    private static final double TOLERANCE = 1e-5;

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 32",
        "3, 13, 4, 64",
        "2, 207, 207, 33",
        "1, 4098, 4, 64",
        "4, 1000, 510, 32",
        "2, 600, 1, 128"
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

    @ParameterizedTest
    @CsvSource({"0.5, 1", "Infinity, 1", "0.5, Infinity"})
    void update(float clip, float scale) {
        OpCase test = new OpCase(3);
        float[] numbers = new float[StepState.SIZE];
        numbers[StepState.LEARNING_RATE] = 1e-2f;
        numbers[StepState.BETA1] = 0.9f;
        numbers[StepState.BETA2] = 0.99f;
        numbers[StepState.EPSILON] = 1e-8f;
        numbers[StepState.BIAS_CORRECTION1] = 0.19f;
        numbers[StepState.BIAS_CORRECTION2] = 0.02f;
        numbers[StepState.CLIP_NORM] = clip;
        numbers[StepState.EMA_DECAY] = 0.7f;
        Slot state = test.given("state", numbers, StepState.SIZE);
        UpdateBlocks blocks = new UpdateBlocks(40_000, scale);
        test.checkBlocks(
                TOLERANCE,
                List.of(
                        new SquaredNorm(blocks.gradients, state),
                        new Adam(
                                blocks.parameters,
                                blocks.gradients,
                                blocks.moment1,
                                blocks.moment2,
                                state),
                        new MovingAverage(blocks.average, blocks.parameters, state)),
                blocks.contents,
                state,
                blocks.parameters.slots().getFirst(),
                blocks.moment1.slots().getFirst(),
                blocks.moment2.slots().getFirst(),
                blocks.average.slots().getFirst());
    }

    /** Blocks of one layout with random contents; the gradients times {@code scale}. */
    private static final class UpdateBlocks {
        final Block parameters = new Block("parameters", Block.Role.LASTING);
        final Block gradients;
        final Block moment1;
        final Block moment2;
        final Block average;
        final java.util.Map<Slot, Object> contents = new java.util.HashMap<>();

        UpdateBlocks(int size, float scale) {
            parameters.floats("w", Dim.of(size));
            gradients = parameters.like("gradients");
            moment1 = parameters.like("moment1");
            moment2 = parameters.like("moment2");
            average = parameters.like("average");
            java.util.Random random = new java.util.Random(size);
            for (Block block : List.of(parameters, gradients, moment1, moment2, average)) {
                float[] values = new float[size];
                for (int i = 0; i < size; i++) {
                    float value = (float) random.nextGaussian();
                    values[i] = block == moment2 ? value * value : value;
                }
                if (block == gradients) {
                    values[17] *= scale;
                }
                contents.put(block.slots().getFirst(), values);
            }
        }
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
