package gsdm.tensor.io;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the JSON header of a safetensors file says, in its order, not yet held against the data. */
record Header(Map<String, String> metadata, Map<String, Entry> tensors) {
    /** The key of the metadata object among the tensors' names. */
    static final String METADATA = "__metadata__";

    /** The metadata key of the checksum that {@link Checksum} describes. */
    static final String CHECKSUM = "crc32c";

    Header() {
        this(new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    /** One tensor: its bytes are [begin, end) of the data. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, and not shared
    record Entry(String name, ElementType type, long[] shape, long begin, long end) {}
}
