/**
 * What runs programs: {@link gsdm.tensor.backend.Backend} compiles a program once over {@link
 * gsdm.tensor.backend.Memory} and runs it many times. Backends are found by {@link
 * gsdm.tensor.backend.Backends} through {@code ServiceLoader}, and each says of itself whether it
 * is usable here. Imports {@code gsdm.tensor.program} only.
 */
package gsdm.tensor.backend;
