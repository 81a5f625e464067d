package gsdm.tensor.cpu.vector;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.contract.AgainstScalarContract;
import gsdm.tensor.contract.OpContract;
import gsdm.tensor.contract.Programs;
import gsdm.tensor.contract.TestProgram;
import gsdm.tensor.contract.UpdateContract;
import gsdm.tensor.contract.UpdateProgram;
import gsdm.tensor.cpu.CpuBackend;
import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.program.Slot;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Runs the cases of the contract on vector kernels in a process of its own, also where Java is set
 * so that the backend would not be offered, and prints a line on each.
 */
final class ContractRun {
    /** In place of a number of runs: hold what is computed to the contract. */
    static final String CHECK = "check";

    /** What is printed of a case that holds. */
    static final String HOLDS = "holds";

    private ContractRun() {}

    /** Takes how often each case runs, whose bits are hashed, or {@link #CHECK}. */
    public static void main(String[] arguments) {
        System.out.println(Lanes.BITS + "-bit vectors");
        try (Backend device = new CpuBackend("contract", "test", new VectorKernels(0), 2)) {
            if (arguments[0].equals(CHECK)) {
                check(device);
            } else {
                hash(device, Integer.parseInt(arguments[0]));
            }
        }
    }

    private static void hash(Backend device, int times) {
        for (Programs.Case test : Programs.small()) {
            TestProgram program = test.compose();
            program.differentiate();
            Set<Integer> hashes = new LinkedHashSet<>();
            for (Map<Slot, float[]> found :
                    program.runAll(device, Collections.nCopies(times, program))) {
                hashes.add(hash(found));
            }
            System.out.println(test.name() + ": " + hashes);
        }
        Set<Integer> hashes = new LinkedHashSet<>();
        for (int i = 0; i < times; i++) {
            hashes.add(hash(new UpdateProgram().threeSteps(device)));
        }
        System.out.println("update: " + hashes);
    }

    private static int hash(Map<Slot, float[]> found) {
        return Arrays.deepHashCode(found.values().toArray());
    }

    private static void check(Backend device) {
        for (Programs.Case test : Programs.all()) {
            print(
                    test.name(),
                    () -> {
                        TestProgram forward = test.compose();
                        forward.keepAll();
                        OpContract.requireForward(forward, forward.run(device, forward.extents()));
                        TestProgram both = test.compose();
                        both.differentiate();
                        AgainstScalarContract.requireGradients(
                                both, both.run(device, both.extents()));
                    });
        }
        print(
                "update",
                () -> UpdateContract.requireThreeSteps(new UpdateProgram().threeSteps(device)));
    }

    private static void print(String test, Runnable check) {
        String outcome = HOLDS;
        try {
            check.run();
        } catch (AssertionError failure) {
            outcome = failure.getMessage().replaceAll("\\s+", " ");
        }
        System.out.println(test + ": " + outcome);
    }
}
