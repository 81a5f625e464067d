package gsdm.tensor.random;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The Philox4x32-10 block function: a 64-bit key and a 128-bit counter give four 32-bit words.
 *
 * <p>Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 *
 * <p>Words are paired into longs, the earlier word in the low half: the counter is {@code (c0 | c1
 * << 32, c2 | c3 << 32)}, the key {@code k0 | k1 << 32}, and so are the results.
 */
public final class Philox {
    private static final int ROUNDS = 10;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    // Both halves of the key advance every round; the two Weyl constants are added separately.
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;

    private Philox() {}

    /**
     * Half of one block.
     *
     * @param key the key, {@code k0 | k1 << 32}
     * @param low the counter's words 0 and 1
     * @param high the counter's words 2 and 3
     * @param half 0 for the result's words 0 and 1, 1 for its words 2 and 3 (other bits are
     *     ignored)
     * @return two words of the result, the earlier one in the low half
     */
    public static long half(long key, long low, long high, int half) {
        // A round maps (c0, c1, c2, c3) to (hi(M1 c2) ^ c1 ^ k0, lo(M1 c2), hi(M0 c0) ^ c3 ^ k1,
        // lo(M0 c0)). With c0 and c2 in the upper halves, each pair is one product and one xor.
        long a = Long.rotateLeft(low, 32);
        long b = Long.rotateLeft(high, 32);
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            long nextA = MULTIPLIER_1 * (b >>> 32) ^ ((a ^ k0) << 32);
            b = MULTIPLIER_0 * (a >>> 32) ^ ((b ^ k1) << 32);
            a = nextA;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        return Long.rotateLeft((half & 1) == 0 ? a : b, 32);
    }

    /**
     * Writes consecutive blocks, four words each, in the order of the words.
     *
     * @param key the key, {@code k0 | k1 << 32}
     * @param firstBlock words 0 and 1 of the first block's counter, which counts up from there
     * @param high words 2 and 3 of every block's counter
     * @param words where to write; int-aligned
     * @param offset byte offset of the first word
     * @param blocks how many blocks of 16 bytes
     */
    static void fill(
            long key, long firstBlock, long high, MemorySegment words, long offset, int blocks) {
        for (int block = 0; block < blocks; block++) {
            long a = Long.rotateLeft(firstBlock + block, 32);
            long b = Long.rotateLeft(high, 32);
            int k0 = (int) key;
            int k1 = (int) (key >>> 32);
            for (int round = 0; round < ROUNDS; round++) {
                long nextA = MULTIPLIER_1 * (b >>> 32) ^ ((a ^ k0) << 32);
                b = MULTIPLIER_0 * (a >>> 32) ^ ((b ^ k1) << 32);
                a = nextA;
                k0 += WEYL_0;
                k1 += WEYL_1;
            }
            long at = offset + 16L * block;
            words.set(ValueLayout.JAVA_INT, at, (int) (a >>> 32));
            words.set(ValueLayout.JAVA_INT, at + 4, (int) a);
            words.set(ValueLayout.JAVA_INT, at + 8, (int) (b >>> 32));
            words.set(ValueLayout.JAVA_INT, at + 12, (int) b);
        }
    }
}
