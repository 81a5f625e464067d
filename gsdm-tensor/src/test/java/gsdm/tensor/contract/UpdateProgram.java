package gsdm.tensor.contract;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Adam;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MovingAverage;
import gsdm.tensor.program.Muon;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;
import gsdm.tensor.program.SquaredNorm;
import gsdm.tensor.program.StepState;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The update of a step over parameters of awkward sizes, which are random numbers: Muon of
 * matrices, Adam of what lies between them.
 */
public final class UpdateProgram {
    static final float RATE = 0.01f;
    static final float MOMENTUM = 0.95f;

    private static final int ARRAYS = 3;

    final Block parameters = new Block("parameters", Block.Role.LASTING);
    final Block gradients;
    final Block moment1;
    final Block moment2;
    final Block average;
    final List<Muon.Matrix> matrices = new ArrayList<>();
    final Slot losses; // [A]
    final Slot state; // [StepState.SIZE]
    private final List<Integer> others = new ArrayList<>();
    private final Block results = new Block("results", Block.Role.RESULT);
    private final Block states = new Block("state", Block.Role.STATE);
    private final SplittableRandom random = new SplittableRandom(5);

    public UpdateProgram() {
        other(1);
        matrix(1, 64, 64);
        matrix(3, 39, 13);
        other(13);
        matrix(1, 24, 70);
        matrix(1, 70, 24);
        matrix(1, 1, 5);
        matrix(2, 66, 7);
        matrix(1, 5, 1);
        other(4098);
        other(17_001);
        gradients = parameters.like("gradients");
        moment1 = parameters.like("moment1");
        moment2 = parameters.like("moment2");
        average = parameters.like("average");
        losses = results.floats("losses", Dim.of(ARRAYS));
        state = states.floats("state", Dim.of(StepState.SIZE));
    }

    private void other(int size) {
        others.add(parameters.slots().size());
        parameters.floats("p" + size, Dim.of(size));
    }

    private void matrix(int parts, int rows, int columns) {
        matrices.add(new Muon.Matrix(parameters.slots().size(), parts));
        parameters.floats(rows + " x " + columns, Dim.of(rows), Dim.of(columns));
    }

    Muon muon() {
        return new Muon(parameters, gradients, moment1, matrices, state);
    }

    /** Norm, clip, Muon, Adam, moving average. */
    public Program program() {
        ProgramBuilder builder = new ProgramBuilder("update");
        builder.append(new SquaredNorm(gradients, losses, state));
        builder.append(muon());
        builder.append(new Adam(parameters, gradients, moment1, moment2, others, state));
        builder.append(new MovingAverage(average, parameters, state));
        return builder.build();
    }

    /** Everything that the program touches. */
    public List<Block> blocks() {
        return List.of(parameters, gradients, moment1, moment2, average, results, states);
    }

    /** What holds them. */
    public Memory memory(Backend device) {
        return device.allocate(Extents.NONE, blocks());
    }

    Executable compile(Backend device, Memory memory) {
        return device.compile(program(), memory, Extents.NONE);
    }

    /**
     * Takes three steps, each with other gradients, which are clipped.
     *
     * @return what parameters, moments, average and state are then
     */
    public Map<Slot, float[]> threeSteps(Backend device) {
        try (Memory memory = memory(device);
                Executable update = compile(device, memory)) {
            fill(memory, parameters);
            fill(memory, average);
            for (int step = 1; step <= 3; step++) {
                fill(memory, gradients);
                set(memory, step, 0.5f);
                update.run();
            }
            Map<Slot, float[]> found = new LinkedHashMap<>();
            for (Block block : List.of(parameters, moment1, moment2, average, states)) {
                for (Slot slot : block.slots()) {
                    found.put(slot, memory.read(slot).toArray(ValueLayout.JAVA_FLOAT));
                }
            }
            return found;
        }
    }

    void fill(Memory memory, Block block) {
        for (Slot slot : block.slots()) {
            float[] data = new float[(int) slot.shape().size()];
            for (int i = 0; i < data.length; i++) {
                data[i] = (float) Math.abs(random.nextGaussian());
            }
            memory.write(slot).copyFrom(MemorySegment.ofArray(data));
        }
    }

    void set(Memory memory, int step, float clip) {
        float[] values = new float[StepState.SIZE];
        values[StepState.LEARNING_RATE] = RATE;
        values[StepState.BETA1] = 0.9f;
        values[StepState.BETA2] = 0.99f;
        values[StepState.EPSILON] = 1e-8f;
        values[StepState.BIAS_CORRECTION1] = (float) (1 - Math.pow(0.9, step));
        values[StepState.BIAS_CORRECTION2] = (float) (1 - Math.pow(0.99, step));
        values[StepState.CLIP_NORM] = clip;
        values[StepState.EMA_DECAY] = 0.75f;
        values[StepState.MOMENTUM] = MOMENTUM;
        memory.write(state).copyFrom(MemorySegment.ofArray(values));
    }

    float get(Memory memory, int entry) {
        return memory.read(state).getAtIndex(ValueLayout.JAVA_FLOAT, entry);
    }
}
