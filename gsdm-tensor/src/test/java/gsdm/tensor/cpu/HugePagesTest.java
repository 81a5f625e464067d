package gsdm.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.tensor.program.MemoryPlan;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class HugePagesTest {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 64, 4097, (2 << 20) - 1, 2 << 20, (6 << 20) + 13})
    void memoryIsZeroedAlignedAndAsLargeAsAskedFor(long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = HugePages.allocate(arena, bytes);
            assertThat(segment.byteSize()).isEqualTo(Math.max(bytes, MemoryPlan.ALIGNMENT));
            assertThat(segment.address() % MemoryPlan.ALIGNMENT).isZero();
            for (long at = 0; at < segment.byteSize(); at += 511) {
                assertThat(segment.get(BYTE, at)).isZero();
            }
            segment.fill((byte) 7);
            assertThat(segment.get(BYTE, segment.byteSize() - 1)).isEqualTo((byte) 7);
        }
    }

    @Test
    void itIsFreedWithItsArena() {
        MemorySegment segment;
        try (Arena arena = Arena.ofConfined()) {
            segment = HugePages.allocate(arena, 5 * HugePages.PAGE);
        }
        assertThat(segment.scope().isAlive()).isFalse();
        assertThatThrownBy(() -> segment.get(BYTE, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void linuxKnowsThatLargePiecesAreForHugePages() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = HugePages.allocate(arena, 8 * HugePages.PAGE);
            assertThat(segment.address() % HugePages.PAGE).isZero();
            assertThat(flags(segment.address())).contains("hg");
        }
    }

    /** What the kernel notes of the mapping at an address. */
    private static String flags(long address) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
        boolean inside = false;
        for (String line : lines) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                String[] ends = line.split(" ")[0].split("-");
                inside =
                        Long.parseUnsignedLong(ends[0], 16) <= address
                                && address < Long.parseUnsignedLong(ends[1], 16);
            } else if (inside && line.startsWith("VmFlags:")) {
                return line;
            }
        }
        throw new IllegalStateException("nothing is mapped there");
    }

    @Test
    void moreThanThereIsIsRefused() {
        try (Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> HugePages.allocate(arena, 1L << 60))
                    .isInstanceOf(OutOfMemoryError.class);
        }
    }
}
