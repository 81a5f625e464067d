package gsdm.nn.checkpoint;

import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;

import java.util.List;

/**
 * The blocks that a checkpoint keeps, all of one layout.
 *
 * @param memory holds them
 * @param parameters as the last step left them
 * @param moment1 Adam's first moment, or Muon's momentum
 * @param moment2 Adam's second moment; of Muon's matrices, whatever it was
 * @param average the moving average of the parameters
 */
public record TrainingState(
        Memory memory, Block parameters, Block moment1, Block moment2, Block average) {
    /** What the names of the trained parameters begin with in a file. */
    static final String PARAMETERS = "parameters";

    /** What the names of the averaged parameters begin with in a file. */
    static final String AVERAGE = "average";

    private static final String MOMENT1 = "moment1";
    private static final String MOMENT2 = "moment2";

    /** What names of tensors begin with in a file, ascending, as they are written. */
    static final List<String> PREFIXES = List.of(AVERAGE, MOMENT1, MOMENT2, PARAMETERS);

    /** The block whose tensors' names begin so in a file. */
    Block block(String prefix) {
        return switch (prefix) {
            case AVERAGE -> average;
            case MOMENT1 -> moment1;
            case MOMENT2 -> moment2;
            case PARAMETERS -> parameters;
            default -> throw new IllegalArgumentException("no block is called " + prefix);
        };
    }
}
