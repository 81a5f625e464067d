/**
 * A training or sampling step as data: {@link gsdm.tensor.program.Op} records over {@link
 * gsdm.tensor.program.Slot}s, composed by a {@link gsdm.tensor.program.ProgramBuilder},
 * differentiated by {@link gsdm.tensor.program.Gradients}, put together by {@link
 * gsdm.tensor.program.Fusion} where a backend has use for it, and laid out by a {@link
 * gsdm.tensor.program.MemoryPlan}.
 *
 * <p>Nothing here computes anything: backends do. Imports nothing but the JDK. Start reading at
 * {@link gsdm.tensor.program.Op}.
 */
package gsdm.tensor.program;
