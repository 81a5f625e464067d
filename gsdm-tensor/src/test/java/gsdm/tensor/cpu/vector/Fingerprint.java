package gsdm.tensor.cpu.vector;

import gsdm.tensor.program.Activation;
import gsdm.tensor.program.GroupNorm;
import gsdm.tensor.program.MatMul;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Slot;

import java.util.Arrays;
import java.util.List;

/** The bits of what kernels compute from fixed operands; run as a program it prints them. */
final class Fingerprint {
    private Fingerprint() {}

    public static void main(String[] arguments) {
        System.out.println(of(1));
    }

    /** A hash of all results, after {@code times} runs to give the compiler reason to compile. */
    static int of(int times) {
        int hash = 1;
        for (int i = 0; i < times; i++) {
            hash = 31 * (31 * products() + norm()) + activation();
        }
        return hash;
    }

    private static int products() {
        OpCase test = new OpCase(11);
        Slot x = test.floats("x", 13, 21);
        Slot weight = test.floats("weight", 37, 21);
        Slot bias = test.floats("bias", 37);
        Slot out = test.empty("out", 13, 37);
        Slot dWeight = test.empty("dWeight", 37, 21);
        Slot dBias = test.empty("dBias", 37);
        return hash(
                test,
                List.of(
                        new MatMul(x, weight, false, true, bias, Slot.NONE, out),
                        new MatMul.LinearGradient(out, x, dWeight, dBias)),
                out,
                dWeight,
                dBias);
    }

    private static int norm() {
        OpCase test = new OpCase(12);
        Slot x = test.floats("x", 2, 70, 18);
        Slot gamma = test.floats("gamma", 18);
        Slot beta = test.floats("beta", 18);
        Slot statistics = test.empty("statistics", 2, 9, 2);
        Slot out = test.empty("out", 2, 70, 18);
        Slot dX = test.empty("dX", 2, 70, 18);
        Slot dGamma = test.empty("dGamma", 18);
        Slot dBeta = test.empty("dBeta", 18);
        GroupNorm norm = new GroupNorm(x, gamma, beta, 9, 1e-6f, true, statistics, out);
        return hash(
                test,
                List.of(norm, new GroupNorm.Gradient(norm, out, Slot.NONE, dX, dGamma, dBeta)),
                statistics,
                out,
                dX,
                dGamma,
                dBeta);
    }

    private static int activation() {
        OpCase test = new OpCase(13);
        Slot x = test.floats("x", 5, 43);
        Slot out = test.empty("out", 5, 43);
        return hash(test, List.of(new Activation(Activation.Function.SILU, x, out)), out);
    }

    private static int hash(OpCase test, List<Op> ops, Slot... outputs) {
        return Arrays.deepHashCode(test.run(new VectorKernels(), 1, ops, List.of(outputs)));
    }
}
