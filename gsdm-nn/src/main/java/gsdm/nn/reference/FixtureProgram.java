package gsdm.nn.reference;

import gsdm.nn.diffusion.LossSlots;
import gsdm.nn.diffusion.Objective;
import gsdm.nn.diffusion.Parameterisation;
import gsdm.nn.layout.Dims;
import gsdm.nn.network.Network;
import gsdm.nn.network.NetworkInputs;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Gradients;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;

import java.util.List;

/** A network's prediction from recorded values, its loss and its gradients, as a program. */
final class FixtureProgram {
    final Slot clean; // [B, X]
    final Slot noise; // [B, X]
    final Slot targetCoefficients; // [B, 2]
    final Slot output; // [B, X]
    final NetworkInputs inputs;
    final LossSlots loss;
    final Block gradients;
    final Program program;
    private final Block given = new Block("fixture", Block.Role.INPUT);
    private final Block results = new Block("results", Block.Role.RESULT);

    FixtureProgram(Network network, Parameterisation parameterisation, Objective objective) {
        clean = given.floats("clean", Dims.BATCH, Dims.VALUES);
        noise = given.floats("noise", Dims.BATCH, Dims.VALUES);
        targetCoefficients = given.floats("target coefficients", Dims.BATCH, Dim.of(2));
        inputs =
                new NetworkInputs(
                        network.newLayoutSlots(),
                        given.floats("noised", Dims.BATCH, Dims.VALUES),
                        given.floats("observed", Dims.BATCH, Dims.NODES),
                        given.floats("time", Dims.BATCH, Dim.of(network.channels())),
                        Slot.NONE);
        output = results.floats("output", Dims.BATCH, Dims.VALUES);
        loss = LossSlots.declare(given, results, network.signature().arrays().size());
        Block parameters = network.parameters().block();
        gradients = parameters.like("gradients");
        ProgramBuilder builder = new ProgramBuilder("fixture");
        Slot prediction = network.emit(builder, inputs);
        builder.keep(prediction, output);
        Slot target =
                parameterisation.target(
                        builder, clean, noise, targetCoefficients, inputs.layout().kinds());
        objective.emit(builder, prediction, target, inputs, loss);
        Gradients.append(builder, parameters, gradients);
        program = builder.build();
    }

    /** All blocks but the parameters. */
    List<Block> blocks() {
        return List.of(inputs.layout().block(), given, results, gradients);
    }
}
