package gsdm.nn.network;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MemoryPlan;
import gsdm.tensor.program.Program;

import java.util.List;

/**
 * What training or sampling will take, before anything is allocated.
 *
 * @param parameters bytes of parameters, and in training of gradients, moments and averages
 * @param inputs bytes of the layout, the batch and the results
 * @param activations bytes of what programs keep between ops and within them
 */
public record MemoryEstimate(long parameters, long inputs, long activations) {
    /** All bytes together. */
    public long total() {
        return parameters + inputs + activations;
    }

    /**
     * Adds up the memory of blocks and what a backend says of programs.
     *
     * @param parameters blocks of parameters and what goes with them
     * @param inputs blocks the programs read or write besides
     */
    public static MemoryEstimate of(
            Backend backend,
            List<Block> parameters,
            List<Block> inputs,
            List<Program> programs,
            Extents reserve) {
        return new MemoryEstimate(
                bytes(parameters, reserve),
                bytes(inputs, reserve),
                programs.stream().mapToLong(each -> backend.estimate(each, reserve)).sum());
    }

    private static long bytes(List<Block> blocks, Extents reserve) {
        return blocks.stream()
                .mapToLong(block -> MemoryPlan.sequential(block, reserve).bytes())
                .sum();
    }
}
