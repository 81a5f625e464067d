package gsdm.tensor.cpu.vector.attention;

import com.sun.management.ThreadMXBean;

import gsdm.tensor.program.Attention;

import java.lang.management.ManagementFactory;

/**
 * Prints the fewest bytes that 20 runs of attention and its gradient put on the heap once compiled.
 * What the compiler makes of a kernel depends on what ran before, so this has a process of its own,
 * as a training has.
 */
final class AttentionAllocation {
    /** How long compilation may take, in nanoseconds. */
    private static final long PATIENCE = 60_000_000_000L;

    private AttentionAllocation() {}

    public static void main(String[] args) {
        Attention.Neighbours how = Attention.Neighbours.valueOf(args[0]);
        boolean[][] linked = AttentionKernelsTest.pattern(100, Boolean.parseBoolean(args[1]));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        AttentionCase test = new AttentionCase(how, 2, 64, 4, linked, 1, AttentionKernelsTest.SEED);
        long[] least = {Long.MAX_VALUE};
        test.run(
                1,
                step -> {
                    long end = System.nanoTime() + PATIENCE;
                    while (least[0] > 0 && System.nanoTime() < end) {
                        long before = threads.getCurrentThreadAllocatedBytes();
                        for (int i = 0; i < 20; i++) {
                            step.run();
                        }
                        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
                        least[0] = Math.min(least[0], bytes);
                    }
                });
        System.out.println(least[0]);
    }
}
