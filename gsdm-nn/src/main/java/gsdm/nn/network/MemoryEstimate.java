package gsdm.nn.network;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;
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
     * Adds up what a backend says of blocks and programs.
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
                bytes(backend, parameters, reserve),
                bytes(backend, inputs, reserve),
                programs.stream().mapToLong(each -> backend.estimate(each, reserve)).sum());
    }

    private static long bytes(Backend backend, List<Block> blocks, Extents reserve) {
        return blocks.stream().mapToLong(block -> backend.estimate(block, reserve)).sum();
    }
}
