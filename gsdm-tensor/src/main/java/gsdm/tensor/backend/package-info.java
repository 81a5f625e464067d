/**
 * What runs programs: a {@link gsdm.tensor.backend.Backend} allocates the {@link
 * gsdm.tensor.backend.Memory} of a program's blocks, compiles the program over it once and runs it
 * many times. Backends are found by {@link gsdm.tensor.backend.Backends} through {@code
 * ServiceLoader}, and each says of itself whether it is usable here. Imports {@code
 * gsdm.tensor.program} only.
 */
package gsdm.tensor.backend;
