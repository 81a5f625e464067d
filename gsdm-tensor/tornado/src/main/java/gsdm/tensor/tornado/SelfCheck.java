package gsdm.tensor.tornado;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.BackendUnavailableException;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Block.Role;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Norm;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;
import gsdm.tensor.program.SquaredNorm;
import gsdm.tensor.program.StepState;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A small program of each kind of kernel there is (matrix product, group norm, attention, a sum
 * over all) before anything else runs, held to the scalar backend: drivers have been known to
 * compile without complaint what computes something else. Once for each device in a process.
 */
final class SelfCheck {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final int NODES = 70;
    private static final int CHANNELS = 16;
    private static final int HEADS = 2;
    private static final int GROUPS = 4;
    private static final float EPSILON = 1e-6f;
    private static final double TOLERANCE = 1e-4;

    private static final Set<String> PASSED = new HashSet<>();

    private final Block inputs = new Block("inputs", Role.INPUT);
    private final Block results = new Block("results", Role.RESULT);
    private final Slot x = inputs.floats("x", Dim.of(1), Dim.of(NODES), Dim.of(CHANNELS));
    private final Slot weight = inputs.floats("weight", Dim.of(3 * CHANNELS), Dim.of(CHANNELS));
    private final Slot bias = inputs.floats("bias", Dim.of(3 * CHANNELS));
    private final Slot gamma = inputs.floats("gamma", Dim.of(CHANNELS));
    private final Slot beta = inputs.floats("beta", Dim.of(CHANNELS));
    private final Slot pointers = inputs.ints("pointers", Dim.of(NODES + 1));
    private final Slot columns = inputs.ints("columns", Dim.of(2 * NODES));
    private final Slot out = results.floats("out", Dim.of(1), Dim.of(NODES), Dim.of(CHANNELS));
    private final Slot state = results.floats("state", Dim.of(StepState.SIZE));

    private SelfCheck() {}

    /**
     * Fails if a device computes something else.
     *
     * @throws BackendUnavailableException if so
     */
    static synchronized void run(TornadoBackend backend) {
        if (PASSED.contains(backend.description())) {
            return;
        }
        float[] found = new SelfCheck().results(backend);
        float[] expected;
        try (Backend scalar = Backends.open("scalar", 1)) {
            expected = new SelfCheck().results(scalar);
        }
        for (int i = 0; i < expected.length; i++) {
            double scale = Math.max(1, Math.abs(expected[i]));
            if (!(Math.abs(found[i] - expected[i]) <= TOLERANCE * scale)) {
                throw new BackendUnavailableException(
                        ("%s computes wrong numbers: %s where %s is right; update its driver, or go"
                                        + " without it: --device vector")
                                .formatted(backend.description(), found[i], expected[i]));
            }
        }
        PASSED.add(backend.description());
    }

    private Program program() {
        ProgramBuilder program = new ProgramBuilder("check");
        Norm norm = program.groupNorm(x, gamma, beta, GROUPS, EPSILON, true);
        Slot qkv = program.linear(norm, weight, bias, Slot.NONE);
        Attention.Pattern pattern =
                new Attention.Pattern(pointers, columns, pointers, columns, Dim.of(2));
        program.keep(program.attention(Attention.Neighbours.SPARSE, qkv, pattern, HEADS, 1), out);
        program.append(new SquaredNorm(results, Slot.NONE, state));
        return program.build();
    }

    /** The attention's result, and the sum of its squares. */
    private float[] results(Backend backend) {
        try (Memory memory = backend.allocate(Extents.NONE, List.of(inputs, results));
                Executable executable = backend.compile(program(), memory, Extents.NONE)) {
            int seed = 1;
            for (Slot slot : List.of(x, weight, bias, gamma, beta)) {
                MemorySegment segment = memory.write(slot);
                for (int i = 0; i < slot.shape().size(); i++) {
                    seed = seed * 1_103_515_245 + 12_345;
                    segment.setAtIndex(FLOAT, i, (seed >> 8) * 0x1p-23f);
                }
            }
            MemorySegment starts = memory.write(pointers);
            MemorySegment neighbours = memory.write(columns);
            for (int n = 0; n <= NODES; n++) {
                starts.setAtIndex(INT, n, 2 * n);
            }
            for (int n = 0; n < NODES; n++) {
                neighbours.setAtIndex(INT, 2 * n, n);
                neighbours.setAtIndex(INT, 2 * n + 1, (7 * n + 3) % NODES);
            }
            executable.run();
            float[] found = new float[NODES * CHANNELS + 1];
            MemorySegment.copy(memory.read(out), FLOAT, 0, found, 0, NODES * CHANNELS);
            found[NODES * CHANNELS] = memory.read(state).getAtIndex(FLOAT, StepState.SQUARED_NORM);
            return found;
        }
    }
}
