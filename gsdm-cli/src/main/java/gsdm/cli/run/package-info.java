/**
 * What a run leaves behind: its folder and lock ({@link gsdm.cli.run.RunFolder}), one line of
 * metrics a step, TensorBoard scalars, and the environment it ran in. May import {@code
 * gsdm.cli.error} and Jackson. Start reading at {@link gsdm.cli.run.RunFolder}.
 */
package gsdm.cli.run;
