package gsdm.graph.inference;

import gsdm.nn.layout.LayoutBudget;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Every step is of a subgraph. While a step is taken, a thread prepares the next. */
final class Subgraphs implements StepSource {
    private final SubgraphPool pool;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("gsdm-subgraphs").factory());
    private Future<StepData> prepared;
    private long step = -1; // that is prepared

    /** Subgraphs of a pool, which nobody else asks. */
    Subgraphs(SubgraphPool pool) {
        this.pool = pool;
    }

    @Override
    public LayoutBudget room() {
        return pool.room();
    }

    /** As {@link StepSource#at}; the step after it is prepared from now on. */
    @Override
    public StepData at(long number) {
        Future<StepData> wanted = number == step ? prepared : thread.submit(() -> pool.at(number));
        step = -1;
        try {
            StepData data = wanted.get();
            prepared = thread.submit(() -> pool.at(number + 1));
            step = number + 1;
            return data;
        } catch (InterruptedException _) {
            wanted.cancel(true);
            throw new CancellationException("interrupted while a subgraph was prepared");
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case Throwable cause -> throw new IllegalStateException(cause);
            }
        }
    }

    /** Waits until what is being prepared is done. */
    @Override
    public void close() {
        thread.close();
    }
}
