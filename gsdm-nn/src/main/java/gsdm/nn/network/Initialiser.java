package gsdm.nn.network;

import gsdm.nn.diffusion.Streams;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Shape;
import gsdm.tensor.program.Slot;
import gsdm.tensor.random.RandomStream;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Initial parameters, by name. Linear layers are uniform in ±1/√(inputs), weight and bias, as in
 * PyTorch; norms are the identity; embeddings are standard normal. The layer that ends each
 * residual and attention branch starts at zero, so a new network is its skip connections (Ho et al.
 * 2020).
 *
 * <p>Each parameter is drawn from a stream of its own, keyed by the seed and its name.
 */
final class Initialiser {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private Initialiser() {}

    static void initialise(Block parameters, Memory memory, long seed) {
        long key = RandomStream.fork(RandomStream.seed(seed), Streams.PARAMETERS);
        for (Slot slot : parameters.slots()) {
            fill(slot, parameters, memory.segment(slot), RandomStream.fork(key, hash(slot.name())));
        }
    }

    private static void fill(Slot slot, Block parameters, MemorySegment to, long key) {
        String name = slot.name();
        int size = Math.toIntExact(slot.shape().size());
        if (name.contains("embedding")) {
            RandomStream.fillNormal(key, 0, to, 0, size);
        } else if (name.contains("norm")) {
            to.fill((byte) 0);
            for (int i = 0; name.endsWith("weight") && i < size; i++) {
                to.setAtIndex(FLOAT, i, 1);
            }
        } else if (name.contains(".conv2.") || name.contains(".attention.out.")) {
            to.fill((byte) 0);
        } else {
            String weight = name.substring(0, name.lastIndexOf('.')) + ".weight";
            Shape shape = parameters.slot(weight).shape();
            float bound = (float) (1 / Math.sqrt(shape.last().size()));
            RandomStream.fillUniform(key, 0, to, 0, size);
            for (int i = 0; i < size; i++) {
                to.setAtIndex(FLOAT, i, bound * (2 * to.getAtIndex(FLOAT, i) - 1));
            }
        }
    }

    /** A 64-bit FNV-1a hash, the same on every machine. */
    private static long hash(String name) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001B3L;
        }
        return hash;
    }
}
