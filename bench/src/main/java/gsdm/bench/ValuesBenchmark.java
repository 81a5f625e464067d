package gsdm.bench;

import gsdm.tensor.program.Dim;
import gsdm.tensor.program.EmbedValues;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.ProjectValues;
import gsdm.tensor.program.Projection;
import gsdm.tensor.program.Slot;

import org.openjdk.jmh.annotations.Param;

import java.util.List;

/** The input and output of the network: values into channels and back, and the gradients. */
public class ValuesBenchmark extends OpBenchmark {
    /** Which op. */
    public enum Kind {
        EMBED,
        EMBED_GRADIENT,
        PROJECT,
        PROJECT_GRADIENT
    }

    @Param public Kind kind;

    /** Values of a node: 1 for continuous ones. */
    @Param({"1", "10"})
    public int options;

    @Param("4")
    public int batch;

    @Param("3136")
    public int nodes;

    @Param("64")
    public int channels;

    @Override
    Timed timed(Operands operands) {
        return kind == Kind.EMBED || kind == Kind.EMBED_GRADIENT
                ? embed(operands)
                : project(operands);
    }

    private Timed embed(Operands operands) {
        Slot values = operands.floats(batch, nodes * options);
        Slot observed = operands.floats(batch, nodes);
        Slot embedding = operands.floats(channels);
        Slot out = operands.floats(batch, nodes, channels);
        EmbedValues embed = new EmbedValues(values, observed, into(operands), embedding, out);
        if (kind == Kind.EMBED) {
            return Timed.memory(embed);
        }
        Slot dEmbedding = operands.floats(channels);
        return Timed.memory(new EmbedValues.Gradient(embed, out, into(operands), dEmbedding));
    }

    private Timed project(Operands operands) {
        Slot x = operands.floats(batch, nodes, channels);
        Slot out = operands.floats(batch, nodes * options);
        ProjectValues project = new ProjectValues(x, outOf(operands), out);
        if (kind == Kind.PROJECT) {
            return Timed.memory(project);
        }
        Slot dX = operands.floats(batch, nodes, channels);
        return Timed.memory(new ProjectValues.Gradient(project, out, outOf(operands), dX));
    }

    private List<Projection> into(Operands operands) {
        Slot weight = operands.floats(channels, options);
        Slot bias = operands.floats(channels);
        return List.of(new Projection(new NodeKind(Dim.of(nodes), options), weight, bias));
    }

    private List<Projection> outOf(Operands operands) {
        Slot weight = operands.floats(options, channels);
        Slot bias = operands.floats(options);
        return List.of(new Projection(new NodeKind(Dim.of(nodes), options), weight, bias));
    }
}
