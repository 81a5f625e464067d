package gsdm.nn;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.ForwardingBackend;
import gsdm.tensor.backend.ForwardingExecutable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Program;

import java.util.ArrayList;
import java.util.List;

/**
 * A backend that compiles some programs, then fails, and knows what was left open. Where it
 * compiles all there are, it closes the memory instead, so that whoever writes there next fails.
 */
public final class FailingBackend extends ForwardingBackend {
    private final int compiles;
    private final List<Memory> memories = new ArrayList<>();
    private final List<Executable> open = new ArrayList<>();

    public FailingBackend(Backend backend, int compiles) {
        super(backend);
        this.compiles = compiles;
    }

    @Override
    public Memory allocate(Extents reserve, List<Block> blocks, Memory... parents) {
        Memory memory = super.allocate(reserve, blocks, parents);
        memories.add(memory);
        return memory;
    }

    @Override
    public Executable compile(Program program, Memory memory, Extents reserve) {
        if (open.size() == compiles) {
            throw new IllegalStateException("compiles %d programs".formatted(compiles));
        }
        Executable executable = new Tracked(super.compile(program, memory, reserve));
        open.add(executable);
        if (open.size() == 2) {
            memory.close();
        }
        return executable;
    }

    /** Fails if memory or an executable was not closed. */
    public void assertNothingOpen() {
        assertThat(memories).isNotEmpty().noneMatch(Memory::isOpen);
        assertThat(open).isEmpty();
    }

    /** Leaves the backend to the test that opened it. */
    @Override
    public void close() {}

    private final class Tracked extends ForwardingExecutable {
        Tracked(Executable executable) {
            super(executable);
        }

        @Override
        public void close() {
            super.close();
            open.remove(this);
        }
    }
}
