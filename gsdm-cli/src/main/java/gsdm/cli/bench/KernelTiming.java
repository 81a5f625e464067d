package gsdm.cli.bench;

/**
 * How fast a kernel ran.
 *
 * @param name of the kernel
 * @param shape it ran at
 * @param seconds the median of its runs
 * @param gigaflops billions of floating-point operations of products a second; 0 for none
 * @param gigabytes read and written a second, each operand counted once
 */
public record KernelTiming(
        String name, String shape, double seconds, double gigaflops, double gigabytes) {}
