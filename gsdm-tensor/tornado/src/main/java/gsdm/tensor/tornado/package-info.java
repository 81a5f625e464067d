/**
 * Programs as TornadoVM task graphs, on GPUs. Found at run time as a service, where the SDK's
 * arguments started Java. Imports {@code gsdm.tensor.program}, {@code gsdm.tensor.backend} and
 * {@code gsdm.tensor.cpu} for what the host does (threads, checks of indices). Start reading at
 * {@link gsdm.tensor.tornado.TornadoBackend}, then {@link gsdm.tensor.tornado.Plan}, which says
 * what shares a device's memory, and {@link gsdm.tensor.tornado.OpTasks}, where every op is.
 * OpTasks are files of a family, forward beside backward, each with what lowers its ops;
 * docs/adr/0010-tornadovm.md says what TornadoVM compiles wrong, and is avoided.
 */
package gsdm.tensor.tornado;
