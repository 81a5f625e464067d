package gsdm.tensor.tornado;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Host memory that is reserved and not written: what stands here for temporaries of a device, which
 * are never on the host, takes addresses and no memory.
 */
final class Untouched {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle CALLOC =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("calloc"),
                    FunctionDescriptor.of(
                            ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final MethodHandle FREE =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("free"),
                    FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));

    private Untouched() {}

    /** Zeros, which the system provides when they are read. */
    static MemorySegment allocate(long bytes, Arena arena) {
        try {
            MemorySegment segment = (MemorySegment) CALLOC.invokeExact(bytes, 1L);
            if (segment.equals(MemorySegment.NULL)) {
                throw new OutOfMemoryError("no address space for " + bytes + " bytes");
            }
            return segment.reinterpret(bytes, arena, Untouched::free);
        } catch (Error | RuntimeException failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void free(MemorySegment segment) {
        try {
            FREE.invokeExact(segment);
        } catch (Error | RuntimeException failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }
}
