package gsdm.nn.sample;

import gsdm.nn.diffusion.Parameterisation;
import gsdm.nn.layout.Dims;
import gsdm.nn.network.LayoutSlots;
import gsdm.nn.network.Network;
import gsdm.nn.network.NetworkInputs;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;

import java.util.ArrayList;
import java.util.List;

/**
 * The blocks of a sampler, and the programs that work on them: {@link #noiseProgram} and {@link
 * #holdProgram} once for each batch, {@link #stepProgram} at each step.
 */
final class SamplingBlocks {
    final Slot state; // [B, X] x_t
    final Slot values; // [B, X]
    final Slot observed; // [B, N]
    final Slot keys; // [B, 2]
    final Slot time; // [B, C]
    final Slot level; // [B, 1]
    final Slot levels; // [B, 2] of noise and of the clean value
    final Slot cleanCoefficients; // [B, 2]
    final Slot stepCoefficients; // [B, 2 or more] of the clean value, of x_t, and of what follows
    final Slot gains; // [B, 2] of the clean value and of what is remembered, in what will be
    private final List<Slot> remembered = new ArrayList<>(); // [B, X] clean values, latest first
    private final LayoutSlots layout;
    private final boolean noisy;
    private final Block samples = new Block("samples", Block.Role.LASTING);
    private final Block given = new Block("given", Block.Role.INPUT);
    private final Block draws = new Block("draws", Block.Role.INPUT);

    /**
     * Blocks over a layout.
     *
     * @param channels C, of the network
     * @param config says what a step is a sum of
     */
    SamplingBlocks(LayoutSlots layout, int channels, SamplerConfig config) {
        this.layout = layout;
        this.noisy = config.eta() > 0;
        for (int i = 1; i <= config.solver().remembered(); i++) {
            remembered.add(samples.floats("clean %d before".formatted(i), Dims.BATCH, Dims.VALUES));
        }
        state = samples.floats("state", Dims.BATCH, Dims.VALUES);
        values = given.floats("values", Dims.BATCH, Dims.VALUES);
        observed = given.floats("observed", Dims.BATCH, Dims.NODES);
        keys = draws.ints("keys", Dims.BATCH, Dim.of(2));
        time = draws.floats("time", Dims.BATCH, Dim.of(channels));
        level = draws.floats("level", Dims.BATCH, Dim.of(1));
        levels = draws.floats("levels", Dims.BATCH, Dim.of(2));
        cleanCoefficients = draws.floats("clean coefficients", Dims.BATCH, Dim.of(2));
        gains = draws.floats("gains", Dims.BATCH, Dim.of(2));
        int operands = 2 + remembered.size() + (noisy ? 1 : 0);
        stepCoefficients = draws.floats("step coefficients", Dims.BATCH, Dim.of(operands));
    }

    /** Whether noise is added at each step. */
    boolean noisy() {
        return noisy;
    }

    /** What a step leaves to the next: the state, and the predictions that are remembered. */
    List<Slot> carried() {
        return samples.slots();
    }

    /** How many earlier predictions a step reads. */
    int remembered() {
        return remembered.size();
    }

    List<Block> all() {
        return List.of(samples, given, draws);
    }

    /** The state becomes noise of that level. */
    Program noiseProgram() {
        ProgramBuilder program = new ProgramBuilder("start");
        program.keep(program.blend(level, normals(program)), state);
        return program.build();
    }

    /** Observed values, scaled, take their place in the state. */
    Program holdProgram() {
        ProgramBuilder program = new ProgramBuilder("hold");
        Slot known = program.standardise(values, layout.scales(), layout.bounds());
        program.keep(program.blend(level, known, observed, layout.kinds(), state), state);
        // finite, whatever an earlier batch left there
        remembered.forEach(slot -> program.keep(known, slot));
        return program.build();
    }

    /**
     * One step back in time: network, clean value, reverse step.
     *
     * @param clip bounds the clean values of continuous nodes; infinite for none
     */
    Program stepProgram(Network network, Parameterisation parameterisation, double clip) {
        ProgramBuilder program = new ProgramBuilder("sampling");
        NetworkInputs inputs = new NetworkInputs(layout, state, observed, time, levels);
        Slot prediction = network.emit(program, inputs);
        Slot clean =
                parameterisation.clean(
                        program, prediction, state, cleanCoefficients, layout.kinds());
        if (Double.isFinite(clip)) {
            clean = program.clamp(clean, (float) clip, layout.kinds());
        }
        List<Slot> operands = new ArrayList<>(List.of(clean, state));
        operands.addAll(remembered);
        if (noisy) {
            operands.add(normals(program));
        }
        Slot next =
                program.blend(
                        stepCoefficients,
                        state,
                        observed,
                        layout.kinds(),
                        operands.toArray(Slot[]::new));
        program.keep(next, state);
        for (int i = remembered.size() - 1; i >= 0; i--) {
            program.keep(
                    i == 0
                            ? program.blend(gains, clean, remembered.getFirst())
                            : remembered.get(i - 1),
                    remembered.get(i));
        }
        return program.build();
    }

    private Slot normals(ProgramBuilder program) {
        return program.normals(keys, layout.places(), layout.kinds(), layout.bounds(), Dims.VALUES);
    }
}
