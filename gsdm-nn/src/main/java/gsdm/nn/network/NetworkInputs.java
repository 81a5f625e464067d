package gsdm.nn.network;

import gsdm.tensor.program.Slot;

/**
 * What a network reads besides its parameters.
 *
 * @param layout the nodes and who attends to whom
 * @param values [B, X] noised values, observed ones clean
 * @param observed [B, N] 1 where a node is observed, else 0
 * @param time [B, C] the embedding of each example's time step, of a {@link TimeTable}
 * @param levels [B, 2] the level of noise of each example, and of the clean value; of interest to
 *     networks of program features or likelihoods, for others it may be NONE
 */
public record NetworkInputs(
        LayoutSlots layout, Slot values, Slot observed, Slot time, Slot levels) {}
