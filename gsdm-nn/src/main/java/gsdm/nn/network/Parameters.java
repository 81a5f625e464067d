package gsdm.nn.network;

import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Muon;
import gsdm.tensor.program.Slot;
import gsdm.tensor.random.RandomStream;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The parameters of a network: one block, how each of its slots starts, and which are matrices. */
public final class Parameters {
    private final Block block = new Block("parameters", Block.Role.LASTING);
    private final List<Initialisation> initialisations = new ArrayList<>(); // of each slot
    private final List<Muon.Matrix> hidden = new ArrayList<>();

    /** Declares a parameter at the end of the block, under a name that checkpoints keep. */
    Slot declare(String name, Initialisation initialisation, Dim... dims) {
        initialisations.add(initialisation);
        return block.floats(name, dims);
    }

    /**
     * Declares matrices below each other, each between activations on both sides: what an optimizer
     * may make orthogonal steps of.
     *
     * @param parts how many matrices, each with its share of the rows
     */
    Slot declareHidden(
            String name, Initialisation initialisation, int parts, Dim rows, Dim columns) {
        hidden.add(new Muon.Matrix(block.slots().size(), parts));
        return declare(name, initialisation, rows, columns);
    }

    /** The matrices that lie between activations; embeddings and projections do not. */
    public List<Muon.Matrix> hidden() {
        return Collections.unmodifiableList(hidden);
    }

    /** A slot for each parameter, in the order of their declaration. */
    public Block block() {
        return block;
    }

    /** How many numbers they are. */
    public long count() {
        return block.slots().stream().mapToLong(slot -> slot.shape().size()).sum();
    }

    /**
     * Writes initial parameters, each from a stream of its own, keyed by its name.
     *
     * @param memory holds the block
     * @param key the same key gives the same parameters, whatever else the network has
     */
    public void initialise(Memory memory, long key) {
        for (Slot slot : block.slots()) {
            long own = RandomStream.fork(key, hash(slot.name()));
            initialisations.get(slot.index()).fill(memory.write(slot), own);
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
