package gsdm.bench;

import gsdm.tensor.program.Blend;
import gsdm.tensor.program.Clamp;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.Normals;
import gsdm.tensor.program.Slot;
import gsdm.tensor.program.Standardise;

import org.openjdk.jmh.annotations.Param;

import java.util.List;
import java.util.stream.IntStream;

/** What noising and a step back in time do with values; every fourth node is observed. */
public class DiffusionBenchmark extends OpBenchmark {
    /** Which op. */
    public enum Kind {
        STANDARDISE,
        NORMALS,
        NOISING,
        CLAMP
    }

    @Param public Kind kind;

    @Param("4")
    public int batch;

    @Param("3136")
    public int nodes;

    @Param({"1", "10"})
    public int options;

    @Override
    Timed timed(Operands operands) {
        int values = nodes * options;
        List<NodeKind> kinds = List.of(new NodeKind(Dim.of(nodes), options));
        Slot clean = operands.floats(batch, values);
        Slot out = operands.floats(batch, values);
        Slot bounds = operands.ints(0, values);
        return Timed.memory(
                switch (kind) {
                    case STANDARDISE -> new Standardise(clean, operands.floats(1, 2), bounds, out);
                    case NORMALS ->
                            new Normals(
                                    operands.ints(new int[2 * batch]),
                                    operands.ints(IntStream.range(0, nodes).toArray()),
                                    kinds,
                                    bounds,
                                    out);
                    case NOISING ->
                            new Blend(
                                    List.of(clean, operands.floats(batch, values)),
                                    operands.floats(batch, 2),
                                    clean,
                                    operands.floats(observed()),
                                    false,
                                    kinds,
                                    out);
                    case CLAMP -> new Clamp(clean, 1, kinds, out);
                });
    }

    private float[] observed() {
        float[] flags = new float[batch * nodes];
        for (int i = 0; i < flags.length; i += 4) {
            flags[i] = 1;
        }
        return flags;
    }
}
