package gsdm.bench;

import gsdm.tensor.program.Adam;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.DataType;
import gsdm.tensor.program.MovingAverage;
import gsdm.tensor.program.Muon;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Slot;
import gsdm.tensor.program.SquaredNorm;
import gsdm.tensor.program.StepState;

import org.openjdk.jmh.annotations.Param;

import java.util.List;

/** What follows the gradients: their norm, Adam or Muon with clipping, the moving average. */
public class UpdateBenchmark extends OpBenchmark {
    /** Which op. */
    public enum Kind {
        NORM,
        ADAM,
        /** As many square matrices as the parameters make. */
        MUON,
        AVERAGE
    }

    @Param public Kind kind;

    @Param("500000")
    public int parameters;

    /** Of the matrices of Muon. */
    @Param("64")
    public int channels;

    @Override
    Timed timed(Operands operands) {
        int matrices = Math.ceilDiv(parameters, channels * channels);
        int[] sizes =
                kind == Kind.MUON
                        ? new int[] {matrices * channels, channels}
                        : new int[] {parameters};
        Block weights = operands.randomBlock("parameters", sizes);
        Block gradients = operands.randomBlock("gradients", sizes);
        Slot state = operands.floats(state());
        SquaredNorm norm = new SquaredNorm(gradients, Slot.NONE, state);
        return switch (kind) {
            case NORM -> passing(norm, 1);
            case ADAM -> {
                Block moment1 = operands.zeroBlock("moment1", parameters);
                Block moment2 = operands.zeroBlock("moment2", parameters);
                // Reads all four, writes all but the gradients.
                yield passing(new Adam(weights, gradients, moment1, moment2, state), 7, norm);
            }
            case MUON -> {
                Block momentum = operands.zeroBlock("momentum", sizes);
                List<Muon.Matrix> all = List.of(new Muon.Matrix(0, matrices));
                Op muon = new Muon(weights, gradients, momentum, all, state);
                // three products of an iteration, each 2·C³
                double flops = 6.0 * Muon.ITERATIONS * channels * channels * channels * matrices;
                yield Timed.arithmetic(muon, flops, norm);
            }
            case AVERAGE -> {
                Block average = operands.randomBlock("average", parameters);
                yield passing(new MovingAverage(average, weights, state), 3, norm);
            }
        };
    }

    /** An op that goes so many times over a block. */
    private Timed passing(Op op, int blocks, Op... before) {
        return new Timed(op, List.of(before), 0, (double) blocks * parameters * DataType.BYTES);
    }

    private static float[] state() {
        float[] state = new float[StepState.SIZE];
        state[StepState.LEARNING_RATE] = 1e-3f;
        state[StepState.BETA1] = 0.9f;
        state[StepState.BETA2] = 0.999f;
        state[StepState.EPSILON] = 1e-8f;
        state[StepState.BIAS_CORRECTION1] = 1;
        state[StepState.BIAS_CORRECTION2] = 1;
        state[StepState.CLIP_NORM] = 1;
        state[StepState.EMA_DECAY] = 0.999f;
        state[StepState.MOMENTUM] = 0.95f;
        return state;
    }
}
