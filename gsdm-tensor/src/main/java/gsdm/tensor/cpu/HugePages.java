package gsdm.tensor.cpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import gsdm.tensor.program.MemoryPlan;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Zeroed memory outside of the heap, in huge pages where Linux has them: attention and products go
 * through activations of many megabytes in no order that a table of 4 KiB pages likes, and on a
 * virtual machine each miss of it is dear. Most distributions give huge pages to who asks ({@code
 * madvise}), and {@link Arena#allocate} does not; it also writes all zeros before anybody can ask.
 */
final class HugePages {
    /** Bytes of one on x86, and on most others. */
    static final long PAGE = 2L << 20;

    private static final int READ_WRITE = 0x3;
    private static final int PRIVATE_ANONYMOUS = 0x22; // in Linux's headers for x86, ARM and RISC-V
    private static final int MADV_HUGEPAGE = 14;

    private static final Optional<HugePages> LINUX = find();

    private final MethodHandle map;
    private final MethodHandle unmap;
    private final MethodHandle advise;

    private HugePages(Linker linker) {
        map =
                link(
                        linker,
                        "mmap",
                        FunctionDescriptor.of(
                                ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT,
                                JAVA_LONG));
        unmap = link(linker, "munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
        advise =
                link(
                        linker,
                        "madvise",
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    }

    private static MethodHandle link(Linker linker, String name, FunctionDescriptor descriptor) {
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), descriptor);
    }

    private static Optional<HugePages> find() {
        String os = System.getProperty("os.name", "");
        String arch = System.getProperty("os.arch", "");
        if (!os.equals("Linux") || !arch.matches("amd64|aarch64|riscv64")) {
            return Optional.empty();
        }
        try {
            return Optional.of(new HugePages(Linker.nativeLinker()));
        } catch (RuntimeException | UnsatisfiedLinkError none) {
            return Optional.empty(); // a Java without native access, or another C library
        }
    }

    /**
     * Allocates memory that is freed with an arena. Small pieces are the arena's own.
     *
     * @param bytes 0 or more
     * @return at least a cache line, all zeros, aligned to one
     * @throws OutOfMemoryError if there is not as much
     */
    static MemorySegment allocate(Arena arena, long bytes) {
        long size = Math.max(bytes, MemoryPlan.ALIGNMENT);
        return size < PAGE || LINUX.isEmpty()
                ? arena.allocate(size, MemoryPlan.ALIGNMENT)
                : LINUX.get().map(arena, size);
    }

    private MemorySegment map(Arena arena, long size) {
        long mapped = Math.addExact(size, PAGE);
        try {
            MemorySegment start =
                    (MemorySegment)
                            map.invokeExact(
                                    MemorySegment.NULL,
                                    mapped,
                                    READ_WRITE,
                                    PRIVATE_ANONYMOUS,
                                    -1,
                                    0L);
            if (start.address() == -1) {
                throw new OutOfMemoryError("Cannot reserve %d bytes of memory".formatted(size));
            }
            long first = Math.ceilDiv(start.address(), PAGE) * PAGE;
            MemorySegment aligned = MemorySegment.ofAddress(first);
            // Refused where the kernel has none: small pages serve as well.
            int _ = (int) advise.invokeExact(aligned, size, MADV_HUGEPAGE);
            return aligned.reinterpret(size, arena, _ -> free(start, mapped));
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new IllegalStateException("mmap throws nothing", impossible);
        }
    }

    private void free(MemorySegment start, long mapped) {
        try {
            int _ = (int) unmap.invokeExact(start, mapped);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new IllegalStateException("munmap throws nothing", impossible);
        }
    }
}
