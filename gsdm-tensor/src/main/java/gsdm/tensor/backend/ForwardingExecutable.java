package gsdm.tensor.backend;

import java.util.Objects;

/** A program that has another one run: to be extended by who watches runs. */
public abstract class ForwardingExecutable implements Executable {
    private final Executable executable;

    /**
     * One over another.
     *
     * @param executable does the work; closed with this
     */
    protected ForwardingExecutable(Executable executable) {
        this.executable = Objects.requireNonNull(executable, "executable");
    }

    @Override
    public void run(int... sizes) {
        executable.run(sizes);
    }

    @Override
    public long bytesReserved() {
        return executable.bytesReserved();
    }

    @Override
    public void close() {
        executable.close();
    }
}
