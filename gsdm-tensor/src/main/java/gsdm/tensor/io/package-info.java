/**
 * Tensors in files: the safetensors format, read through a memory map and written atomically; and
 * why a file could not be read or written, in words.
 *
 * <p>Imports nothing but the JDK. Start reading at {@link gsdm.tensor.io.SafetensorsFile} and
 * {@link gsdm.tensor.io.SafetensorsWriter}.
 */
package gsdm.tensor.io;
