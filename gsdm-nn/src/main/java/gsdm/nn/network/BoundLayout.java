package gsdm.nn.network;

import gsdm.nn.layout.Dims;
import gsdm.nn.layout.VariableLayout;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Extents;

import java.util.List;

/**
 * A layout in the memory of a backend, which any number of samplers may read at the same time.
 * Whoever opens it closes it; its memory is freed after the last of the samplers.
 */
public final class BoundLayout implements AutoCloseable {
    private final VariableLayout layout;
    private final LayoutSlots slots;
    private final Memory memory;

    /**
     * Writes a layout into memory of its own.
     *
     * @throws IllegalArgumentException if the network is not for such layouts
     */
    public BoundLayout(Backend backend, Network network, VariableLayout layout) {
        this.layout = layout;
        this.slots = network.newLayoutSlots();
        Extents sizes = Dims.of(layout, 1);
        this.memory = backend.allocate(sizes, List.of(slots.block()));
        try {
            slots.bind(layout, memory, sizes);
        } catch (RuntimeException | Error failure) {
            memory.close();
            throw failure;
        }
    }

    /** What is bound. */
    public VariableLayout layout() {
        return layout;
    }

    /** What programs read of it. */
    public LayoutSlots slots() {
        return slots;
    }

    /** Holds the block of {@link #slots()}. */
    public Memory memory() {
        return memory;
    }

    /** Ends its use; samplers that are open keep the memory as long as they need it. */
    @Override
    public void close() {
        memory.close();
    }
}
