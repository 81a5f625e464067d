package gsdm.tensor.random;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

class PhiloxTest {
    /** The known answers of philox4x32-10 that come with Random123. */
    @Test
    void knownAnswers() {
        check(
                new int[] {0, 0, 0, 0},
                new int[] {0, 0},
                new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
        check(
                new int[] {-1, -1, -1, -1},
                new int[] {-1, -1},
                new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
        check(
                new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                new int[] {0xa4093822, 0x299f31d0},
                new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
    }

    @Test
    void fillWritesConsecutiveBlocks() {
        int[] words = new int[1 + 4 * 13];
        long first = 0xFFFFFFFAL; // the carry into the second word is among these blocks
        Philox.fill(77, first, 5, MemorySegment.ofArray(words), 4, 13);
        assertThat(words[0]).isZero();
        for (int block = 0; block < 13; block++) {
            for (int half = 0; half < 2; half++) {
                long pair = Philox.half(77, first + block, 5, half);
                assertThat(words[1 + 4 * block + 2 * half]).isEqualTo((int) pair);
                assertThat(words[2 + 4 * block + 2 * half]).isEqualTo((int) (pair >>> 32));
            }
        }
    }

    private static void check(int[] counter, int[] key, int[] expected) {
        long low = pair(counter[0], counter[1]);
        long high = pair(counter[2], counter[3]);
        long k = pair(key[0], key[1]);
        assertThat(Philox.half(k, low, high, 0)).isEqualTo(pair(expected[0], expected[1]));
        assertThat(Philox.half(k, low, high, 1)).isEqualTo(pair(expected[2], expected[3]));
        int[] filled = new int[4];
        Philox.fill(k, low, high, MemorySegment.ofArray(filled), 0, 1);
        assertThat(filled).isEqualTo(expected);
    }

    private static long pair(int first, int second) {
        return (first & 0xFFFFFFFFL) | (long) second << 32;
    }
}
