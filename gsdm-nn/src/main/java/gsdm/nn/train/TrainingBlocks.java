package gsdm.nn.train;

import gsdm.nn.diffusion.Parameterisation;
import gsdm.nn.layout.Dims;
import gsdm.nn.network.MemoryEstimate;
import gsdm.nn.network.Network;
import gsdm.nn.network.NetworkInputs;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.program.Adam;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Gradients;
import gsdm.tensor.program.Loss;
import gsdm.tensor.program.MovingAverage;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;
import gsdm.tensor.program.SquaredNorm;
import gsdm.tensor.program.StepState;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** The blocks that the two programs of a training step share, and those programs. */
final class TrainingBlocks {
    final Block parameters;
    final Block gradients;
    final Block moment1;
    final Block moment2;
    final Block average;
    final NetworkInputs inputs;
    final Slot clean; // [B, X]
    final Slot noise; // [B, X]
    final Slot arrayWeights; // [A]
    final Slot exampleWeights; // [B]
    final Slot losses; // [A, 2]
    final Slot state; // [StepState.SIZE]
    private final Network network;
    private final Parameterisation parameterisation;
    private final Block batch = new Block("batch", Block.Role.INPUT);
    private final Block results = new Block("results", Block.Role.RESULT);
    private final Block step = new Block("step", Block.Role.STATE);

    TrainingBlocks(Network network, Parameterisation parameterisation) {
        this.network = network;
        this.parameterisation = parameterisation;
        parameters = network.parameters().block();
        gradients = parameters.like("gradients");
        moment1 = parameters.like("moment1");
        moment2 = parameters.like("moment2");
        average = parameters.like("average");
        inputs = network.newInputs();
        clean = batch.floats("clean", Dims.BATCH, Dims.VALUES);
        noise = batch.floats("noise", Dims.BATCH, Dims.VALUES);
        Dim arrays = Dim.of(network.signature().arrays());
        arrayWeights = batch.floats("array weights", arrays);
        exampleWeights = batch.floats("example weights", Dims.BATCH);
        losses = results.floats("losses", arrays, Dim.of(2));
        state = step.floats("state", Dim.of(StepState.SIZE));
    }

    List<Block> all() {
        return Stream.concat(lasting().stream(), ofAStep().stream()).toList();
    }

    private List<Block> lasting() {
        return List.of(parameters, gradients, moment1, moment2, average);
    }

    private List<Block> ofAStep() {
        return Stream.concat(inputs.blocks().stream(), Stream.of(batch, results, step)).toList();
    }

    /** Forward, loss, backward. */
    Program gradientProgram() {
        ProgramBuilder builder = new ProgramBuilder("gradients");
        Slot prediction = network.emit(builder, inputs);
        Slot target =
                switch (parameterisation) {
                    case X0 -> clean;
                    case NOISE -> noise;
                };
        List<NodeKind> kinds = Dims.kinds(network.signature());
        builder.loss(
                new Loss(
                        prediction,
                        target,
                        inputs.observed(),
                        kinds,
                        Collections.nCopies(kinds.size(), Loss.Criterion.SQUARED_ERROR),
                        inputs.bounds(),
                        arrayWeights,
                        exampleWeights,
                        losses));
        Gradients.append(builder, parameters, gradients);
        return builder.build();
    }

    /** Norm, clip, Adam, moving average. */
    Program updateProgram() {
        ProgramBuilder builder = new ProgramBuilder("update");
        builder.append(new SquaredNorm(gradients, state));
        builder.append(new Adam(parameters, gradients, moment1, moment2, state));
        builder.append(new MovingAverage(average, parameters, state));
        return builder.build();
    }

    static MemoryEstimate estimate(Backend backend, Network network, Extents reserve) {
        TrainingBlocks blocks = new TrainingBlocks(network, Parameterisation.X0);
        return MemoryEstimate.of(
                backend,
                blocks.lasting(),
                blocks.ofAStep(),
                List.of(blocks.gradientProgram(), blocks.updateProgram()),
                reserve);
    }
}
