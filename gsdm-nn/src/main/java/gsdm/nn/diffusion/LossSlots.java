package gsdm.nn.diffusion;

import gsdm.nn.layout.Dims;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Slot;

/**
 * What a loss reads besides values, and where it goes.
 *
 * @param arrayWeights [A] what the errors of an array count
 * @param exampleWeights [B, 2] what the errors of an example count: of continuous values, of
 *     discrete ones
 * @param losses [A] of each array
 * @param errors [B, A] the sum of the errors of an array in an example, without weights
 */
public record LossSlots(Slot arrayWeights, Slot exampleWeights, Slot losses, Slot errors) {
    /**
     * Declares them.
     *
     * @param inputs for the weights
     * @param results for the losses
     * @param arrays A
     */
    public static LossSlots declare(Block inputs, Block results, int arrays) {
        return new LossSlots(
                inputs.floats("array weights", Dim.of(arrays)),
                inputs.floats("example weights", Dims.BATCH, Dim.of(2)),
                results.floats("losses", Dim.of(arrays)),
                results.floats("errors", Dims.BATCH, Dim.of(arrays)));
    }
}
