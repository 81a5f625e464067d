package gsdm.nn.checkpoint;

import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import java.util.Map;
import java.util.TreeMap;

/**
 * The blocks that a checkpoint keeps, all of one layout.
 *
 * @param memory holds them
 * @param parameters as the last step left them
 * @param moment1 Adam's first moment
 * @param moment2 Adam's second moment
 * @param average the moving average of the parameters
 */
public record TrainingState(
        Memory memory, Block parameters, Block moment1, Block moment2, Block average) {
    /** The blocks by the prefix of their tensors' names in a file. */
    Map<String, Block> byPrefix() {
        return new TreeMap<>(
                Map.of(
                        "parameters", parameters,
                        "moment1", moment1,
                        "moment2", moment2,
                        "average", average));
    }
}
