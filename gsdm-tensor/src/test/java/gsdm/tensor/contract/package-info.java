/**
 * What every backend has to compute, for backends of this module and of others, which find it in
 * the test jar: {@link gsdm.tensor.contract.OpContract} and {@link
 * gsdm.tensor.contract.UpdateContract} are subclassed once for each backend. Small {@link
 * gsdm.tensor.contract.Programs} on random data are held to twins in double precision. {@link
 * gsdm.tensor.contract.CountingDevice} is a backend that does not share memory with its caller, the
 * smallest there can be. Imports {@code gsdm.tensor.program} and {@code gsdm.tensor.backend}.
 */
package gsdm.tensor.contract;
