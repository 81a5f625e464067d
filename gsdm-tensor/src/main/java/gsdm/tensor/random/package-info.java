/**
 * Random numbers that are pure functions of a key and an index: resumable, and the same for any
 * number of threads, any order of evaluation and any subset of indices.
 *
 * <p>Imports nothing but the JDK. Start reading at {@link gsdm.tensor.random.RandomStream}; {@link
 * gsdm.tensor.random.Philox} is the block function under it.
 */
package gsdm.tensor.random;
