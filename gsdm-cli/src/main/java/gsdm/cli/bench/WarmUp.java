package gsdm.cli.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;

/** Runs code until it is compiled: in rounds, until the compiler rests in one of them. */
public final class WarmUp {

    private static final double SECOND = 1e9;
    private static final double MILLISECOND = 1e6;
    private static final int MOST_ROUNDS = 12;
    private static final int LEAST_RUNS = 3;

    /** The compiler rests if it was at work for less than this share of a round. */
    private static final double COMPILING = 0.02;

    private WarmUp() {}

    /**
     * Runs the work, at least three times a round.
     *
     * @param seconds of a round: long enough for what the compiler decides late; there are at most
     *     twelve
     */
    public static void run(Runnable work, double seconds) {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        double compiling = 1;
        for (int round = 0; round < MOST_ROUNDS && compiling > COMPILING; round++) {
            long start = System.nanoTime();
            long compiled = compiler.getTotalCompilationTime();
            for (int runs = 0;
                    runs < LEAST_RUNS || System.nanoTime() - start < seconds * SECOND;
                    runs++) {
                work.run();
            }
            double busy = (compiler.getTotalCompilationTime() - compiled) * MILLISECOND;
            compiling = busy / (System.nanoTime() - start);
        }
    }
}
