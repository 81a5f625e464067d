package gsdm.graph.inference;

import gsdm.graph.gibbs.Moves;
import gsdm.nn.layout.VariableLayout;
import gsdm.tensor.random.RandomStream;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Gibbs sweeps over what a network sampled, which take it to the posterior that the model itself
 * gives. For any number of threads.
 */
final class Sweeps {
    private final Moves moves;
    private final VariableLayout layout;
    private final int count;
    private final ConcurrentLinkedQueue<ThreadChain> idle = new ConcurrentLinkedQueue<>();

    /**
     * Sweeps over samples of a whole model.
     *
     * @param layout of the whole model
     * @param count of sweeps
     */
    Sweeps(Moves moves, VariableLayout layout, int count) {
        this.moves = moves;
        this.layout = layout;
        this.count = count;
    }

    /**
     * Moves a sample. It stays as it is if a function of what moves is not observed that training
     * always observed, or if a value would not be finite.
     *
     * @param samples holds it, [N], categories as 0, 1, ...
     * @param at where it begins there
     * @param observed [B, N] float: 1 where a node is observed, else 0
     * @param example which one it is there
     */
    void move(float[] samples, int at, MemorySegment observed, int example, long key) {
        int nodes = layout.nodes();
        ThreadChain taken = idle.poll();
        ThreadChain part = taken != null ? taken : ThreadChain.of(moves, layout);
        System.arraycopy(samples, at, part.values(), 0, nodes);
        part.known().begin(observed, (long) example * nodes);
        part.chain().begin(part.values());
        if (part.chain().settle()) {
            for (int sweep = 0; sweep < count; sweep++) {
                part.chain().sweep(RandomStream.fork(key, sweep));
            }
            part.chain().settle(); // what was rounded on the way
            boolean finite = true;
            for (int node = 0; node < nodes; node++) {
                part.values()[node] = (float) part.chain().value(node);
                finite &= Float.isFinite(part.values()[node]);
            }
            if (finite) {
                System.arraycopy(part.values(), 0, samples, at, nodes);
            }
        }
        idle.add(part);
    }
}
