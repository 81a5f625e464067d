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
    /** What the names of the trained parameters begin with in a file. */
    static final String PARAMETERS = "parameters";

    /** What the names of the averaged parameters begin with in a file. */
    static final String AVERAGE = "average";

    /** The blocks by what their tensors' names begin with in a file, in alphabetical order. */
    Map<String, Block> byPrefix() {
        return new TreeMap<>(
                Map.of(
                        PARAMETERS,
                        parameters,
                        AVERAGE,
                        average,
                        "moment1",
                        moment1,
                        "moment2",
                        moment2));
    }
}
