package gsdm.tensor.backend;

import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Program;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntConsumer;

/** A backend that has another one do everything: to be extended by who watches some of it. */
public abstract class ForwardingBackend implements Backend {
    private final Backend backend;

    /**
     * One over another.
     *
     * @param backend does the work; closed with this
     */
    protected ForwardingBackend(Backend backend) {
        this.backend = Objects.requireNonNull(backend, "backend");
    }

    @Override
    public String name() {
        return backend.name();
    }

    @Override
    public String description() {
        return backend.description();
    }

    @Override
    public int threads() {
        return backend.threads();
    }

    @Override
    public Memory allocate(Extents reserve, List<Block> blocks, Memory... parents) {
        return backend.allocate(reserve, blocks, parents);
    }

    @Override
    public Executable compile(Program program, Memory memory, Extents reserve) {
        return backend.compile(program, memory, reserve);
    }

    @Override
    public long estimate(Block block, Extents reserve) {
        return backend.estimate(block, reserve);
    }

    @Override
    public long estimate(Program program, Extents reserve) {
        return backend.estimate(program, reserve);
    }

    @Override
    public long largestPiece() {
        return backend.largestPiece();
    }

    @Override
    public OptionalLong memory() {
        return backend.memory();
    }

    @Override
    public Optional<Peaks> peaks() {
        return backend.peaks();
    }

    @Override
    public Traffic traffic() {
        return backend.traffic();
    }

    @Override
    public void share(int tasks, IntConsumer task) {
        backend.share(tasks, task);
    }

    @Override
    public void close() {
        backend.close();
    }
}
