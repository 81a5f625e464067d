/**
 * What a training run leaves on disk: parameters, moments and averages in safetensors files that
 * are written atomically, checked when read, and resume bit-identically. May import {@code gsdm.nn}
 * and {@code gsdm.tensor}. Start reading at {@link gsdm.nn.checkpoint.CheckpointStore}.
 */
package gsdm.nn.checkpoint;
