package gsdm.bench;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.ProgramBuilder;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Times one op on a backend, as a program of its own over random operands. A family of kernels is a
 * subclass that says which op. The defaults of sizes are those of matrix-factorization at 16 x 16,
 * rank 10, batch 4: 4 x 3136 rows of 64 channels.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED"
        })
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public abstract class OpBenchmark {
    @Param({"vector", "scalar"})
    public String backend;

    @Param({"1", "2"})
    public int threads;

    private Timed timed;
    private Backend device;
    private Memory memory;
    private Executable executable;

    /** What is timed; its operands are declared in {@code operands}. */
    abstract Timed timed(Operands operands);

    /** Work done; JMH shows it a second, so as GFLOP/s and GB/s. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Rate {
        public double gflop;
        public double gbyte;
    }

    @Setup
    public void open() {
        Operands operands = new Operands();
        timed = timed(operands);
        device = Backends.open(backend, threads);
        memory = operands.allocate(device);
        if (!timed.before().isEmpty()) {
            try (Executable before = compile(timed.before())) {
                before.run();
            }
        }
        executable = compile(List.of(timed.op()));
    }

    @Benchmark
    public void run(Rate rate) {
        executable.run();
        rate.gflop += 1e-9 * timed.flops();
        rate.gbyte += 1e-9 * timed.bytes();
    }

    @TearDown
    public void close() {
        executable.close();
        memory.close();
        device.close();
    }

    private Executable compile(List<Op> ops) {
        ProgramBuilder builder = new ProgramBuilder(getClass().getSimpleName());
        ops.forEach(builder::append);
        Program program = builder.build();
        return device.compile(program, memory, Extents.NONE);
    }
}
