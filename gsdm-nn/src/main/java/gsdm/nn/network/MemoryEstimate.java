package gsdm.nn.network;

import gsdm.tensor.program.Block;
import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MatMul;
import gsdm.tensor.program.MemoryPlan;
import gsdm.tensor.program.NormLinear;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Program;

import java.util.List;

/**
 * What training or sampling will take, before anything is allocated.
 *
 * @param parameters bytes of parameters, and in training of gradients, moments and averages
 * @param inputs bytes of the layout and the batch
 * @param activations bytes of what a run keeps between ops
 * @param workspace bytes of partial results, estimated
 */
public record MemoryEstimate(long parameters, long inputs, long activations, long workspace) {
    /** All bytes together. */
    public long total() {
        return parameters + inputs + activations + workspace;
    }

    /** Partial sums of a weight's gradient are kept for at most this many panels of rows. */
    private static final long PANELS = 64;

    /**
     * Adds up the memory plan of a program.
     *
     * @param parameters blocks of parameters and what goes with them
     * @param inputs blocks the program reads or writes besides
     */
    public static MemoryEstimate of(
            List<Block> parameters, List<Block> inputs, Program program, Extents reserve) {
        return new MemoryEstimate(
                bytes(parameters, reserve),
                bytes(inputs, reserve),
                MemoryPlan.scratch(program, reserve).bytes(),
                workspace(program, reserve));
    }

    private static long bytes(List<Block> blocks, Extents reserve) {
        return blocks.stream()
                .mapToLong(block -> MemoryPlan.sequential(block, reserve).bytes())
                .sum();
    }

    private static long workspace(Program program, Extents reserve) {
        return program.ops().stream().mapToLong(op -> workspace(op, reserve)).max().orElse(0);
    }

    private static long workspace(Op op, Extents reserve) {
        return switch (op) {
            case MatMul.LinearGradient gradient -> {
                long weight = gradient.dWeight().shape().size(reserve);
                yield (weight + gradient.dBias().shape().size(reserve)) * PANELS * DataType.BYTES;
            }
            case NormLinear.Gradient gradient -> {
                long between = gradient.input().out().shape().size(reserve) * DataType.BYTES;
                yield workspace(gradient.weights(), reserve) + between;
            }
            default -> 0;
        };
    }
}
