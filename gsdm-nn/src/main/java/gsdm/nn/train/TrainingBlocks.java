package gsdm.nn.train;

import gsdm.nn.diffusion.LossSlots;
import gsdm.nn.diffusion.Objective;
import gsdm.nn.diffusion.Parameterisation;
import gsdm.nn.layout.Dims;
import gsdm.nn.network.LayoutSlots;
import gsdm.nn.network.Network;
import gsdm.nn.network.NetworkInputs;
import gsdm.tensor.program.Adam;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Gradients;
import gsdm.tensor.program.MovingAverage;
import gsdm.tensor.program.Muon;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;
import gsdm.tensor.program.SquaredNorm;
import gsdm.tensor.program.StepState;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The blocks that the two programs of a training step share, and those programs. */
final class TrainingBlocks {
    final Block parameters;
    final Block gradients;
    final Block moment1;
    final Block moment2;
    final Block average;
    final LayoutSlots layout;
    final Slot values; // [B, X]
    final Slot observed; // [B, N]
    final Slot keys; // [B, 2]
    final Slot time; // [B, C]
    final Slot levels; // [B, 2] of noise and of the clean value
    final Slot targetCoefficients; // [B, 2], or [B, 3] of refined targets
    final Slot refined; // [B, X] as sources write it, or NONE
    final LossSlots loss;
    final Slot state; // [StepState.SIZE]
    private final Network network;
    private final Block batch = new Block("batch", Block.Role.INPUT);
    private final Block draws = new Block("draws", Block.Role.INPUT);
    private final Block results = new Block("results", Block.Role.RESULT);
    private final Block step = new Block("step", Block.Role.STATE);

    /**
     * Blocks for a network.
     *
     * @param refined whether targets are not the values drawn
     */
    TrainingBlocks(Network network, boolean refined) {
        this.network = network;
        parameters = network.parameters().block();
        gradients = parameters.like("gradients");
        moment1 = parameters.like("moment1");
        moment2 = parameters.like("moment2");
        average = parameters.like("average");
        layout = network.newLayoutSlots();
        values = batch.floats("values", Dims.BATCH, Dims.VALUES);
        observed = batch.floats("observed", Dims.BATCH, Dims.NODES);
        keys = draws.ints("keys", Dims.BATCH, Dim.of(2));
        time = draws.floats("time", Dims.BATCH, Dim.of(network.channels()));
        levels = draws.floats("levels", Dims.BATCH, Dim.of(2));
        targetCoefficients =
                draws.floats("target coefficients", Dims.BATCH, Dim.of(refined ? 3 : 2));
        this.refined = refined ? draws.floats("refined", Dims.BATCH, Dims.VALUES) : Slot.NONE;
        loss = LossSlots.declare(draws, results, network.signature().arrays().size());
        state = step.floats("state", Dim.of(StepState.SIZE));
    }

    /** Whether targets are not the values drawn. */
    boolean refined() {
        return refined.present();
    }

    List<Block> all() {
        return Stream.concat(lasting().stream(), ofAStep().stream()).toList();
    }

    List<Block> lasting() {
        return List.of(parameters, gradients, moment1, moment2, average);
    }

    List<Block> ofAStep() {
        return List.of(layout.block(), batch, draws, results, step);
    }

    /**
     * Noising, forward, loss, backward.
     *
     * @throws IllegalArgumentException if the objective does not suit the network
     */
    Program gradientProgram(
            Parameterisation parameterisation, Objective objective, boolean recompute) {
        objective.requireSuits(network);
        ProgramBuilder builder = new ProgramBuilder("gradients");
        Slot clean = builder.standardise(values, layout.scales(), layout.bounds());
        Slot noise =
                builder.normals(
                        keys, layout.places(), layout.kinds(), layout.bounds(), Dims.VALUES);
        Slot noised = builder.blend(levels, clean, observed, layout.kinds(), noise, clean);
        NetworkInputs inputs = new NetworkInputs(layout, noised, observed, time, levels);
        Slot prediction = network.emit(builder, inputs);
        Slot target =
                refined()
                        ? parameterisation.refinedTarget(
                                builder, clean, noise, refined, targetCoefficients, layout.kinds())
                        : parameterisation.target(
                                builder, clean, noise, targetCoefficients, layout.kinds());
        objective.emit(builder, prediction, target, inputs, loss);
        Gradients.append(builder, parameters, gradients, recompute);
        return builder.build();
    }

    /** Norm, clip, steps, moving average. */
    Program updateProgram(Optimizer optimizer) {
        ProgramBuilder builder = new ProgramBuilder("update");
        builder.append(new SquaredNorm(gradients, loss.losses(), state));
        switch (optimizer) {
            case ADAM -> builder.append(new Adam(parameters, gradients, moment1, moment2, state));
            case MUON -> {
                List<Muon.Matrix> hidden = network.parameters().hidden();
                List<Integer> others =
                        IntStream.range(0, parameters.slots().size())
                                .boxed()
                                .filter(i -> hidden.stream().noneMatch(m -> m.index() == i))
                                .toList();
                builder.append(new Muon(parameters, gradients, moment1, hidden, state));
                builder.append(new Adam(parameters, gradients, moment1, moment2, others, state));
            }
        }
        builder.append(new MovingAverage(average, parameters, state));
        return builder.build();
    }
}
