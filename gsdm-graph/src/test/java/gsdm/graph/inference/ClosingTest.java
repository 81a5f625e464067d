package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.OperatingSystemMXBean;

import gsdm.graph.model.Array;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;
import gsdm.graph.model.Scale;
import gsdm.nn.checkpoint.Falls;
import gsdm.nn.diffusion.Parameterisation;
import gsdm.nn.layout.EmbeddingKind;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.network.NormKind;
import gsdm.nn.network.WeightKind;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.program.Attention.Neighbours;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/** Whatever is closed while it is used: no thread touches freed memory, and each is told. */
class ClosingTest {
    private static final GraphicalModel MODEL =
            GraphicalModel.define(m -> {
                Plate i = m.plate("i", 40);
                Array mean = m.normal("mean");
                m.let("x", mean.here().plus(m.normal("noise", i).at(i)), i);
            });
    private static final Conditioning OBSERVED = Conditioning.fixed("x");
    private static final RunSettings SMALL = settings(64);

    private static RunSettings settings(int channels) {
        ModelSettings network =
                new ModelSettings(
                        ModelSystem.DIFFUSION,
                        channels,
                        1,
                        4,
                        NormKind.LAYER,
                        4,
                        EmbeddingKind.EE,
                        Neighbours.SPARSE,
                        true,
                        Parameterisation.X0,
                        false,
                        true,
                        true);
        return RunSettings.DEFAULTS.with(network);
    }

    private static Training training(Backend backend, RunSettings settings) {
        return Training.start(backend, MODEL, OBSERVED, settings, 0, 10);
    }

    private static Posterior posterior(Backend backend) {
        try (Training training = training(backend, SMALL)) {
            return training.posterior(WeightKind.RAW, SMALL.sampling());
        }
    }

    private static Samples draw(Posterior posterior) {
        return posterior.sample(Observations.none(MODEL, 2), 3, 1);
    }

    private static void awaitWaiting(Thread closer) {
        while (closer.getState() != Thread.State.WAITING) {
            assertThat(closer.isAlive()).isTrue();
            Thread.onSpinWait();
        }
    }

    @Test
    void closingWaitsForTheQueryInProgress() throws InterruptedException {
        try (Backend backend = Backends.open(Backends.AUTO, 2)) {
            Posterior posterior = posterior(backend);
            float[] undisturbed = draw(posterior).values();
            Thread closer = Thread.ofPlatform().unstarted(posterior::close);
            Samples samples =
                    posterior.sample(
                            Observations.none(MODEL, 2),
                            3,
                            1,
                            _ -> {
                                closer.start();
                                awaitWaiting(closer);
                            });
            assertThat(samples.values()).isEqualTo(undisturbed);
            closer.join();
            assertThatThrownBy(() -> draw(posterior))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the posterior is closed");
            posterior.close();
        }
    }

    @Test
    void whatIsToldOfProgressCannotClose() {
        try (Backend backend = Backends.open(Backends.AUTO, 2);
                Posterior posterior = posterior(backend)) {
            Observations nothing = Observations.none(MODEL, 2);
            assertThatThrownBy(() -> posterior.sample(nothing, 3, 1, _ -> posterior.close()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the posterior cannot be closed by the thread");
            assertThat(draw(posterior).values()).hasSize(6 * MODEL.nodeCount());
        }
    }

    /** All threads get the same samples until they are told. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anyNumberOfThreadsMaySampleWhileItIsClosed(boolean backendFirst) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int round = 0; round < 25; round++) {
                Backend backend = Backends.open(Backends.AUTO, 2);
                Posterior posterior = posterior(backend);
                float[] expected = draw(posterior).values();
                CountDownLatch sampling = new CountDownLatch(4);
                Callable<Void> untilClosed =
                        () -> {
                            while (true) {
                                assertThat(draw(posterior).values()).isEqualTo(expected);
                                sampling.countDown();
                            }
                        };
                List<Future<Void>> ends = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    ends.add(threads.submit(untilClosed));
                }
                sampling.await();
                if (backendFirst) {
                    backend.close();
                }
                posterior.close();
                for (Future<Void> end : ends) {
                    assertThatThrownBy(end::get)
                            .isInstanceOf(ExecutionException.class)
                            .hasCauseInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("is closed");
                }
                backend.close();
            }
        }
    }

    @Test
    void closingATrainingEndsItsRunAfterAStep() throws InterruptedException {
        try (Backend backend = Backends.open(Backends.AUTO, 2)) {
            Training training = training(backend, SMALL);
            FutureTask<Void> run = new FutureTask<>(() -> training.run(Long.MAX_VALUE), null);
            Thread.ofPlatform().start(run);
            while (training.steps() < 3) {
                Thread.onSpinWait();
            }
            training.close();
            training.close();
            assertThatThrownBy(run::get)
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the training is closed");
        }
    }

    @Test
    void aClosedTrainingSaysSo(@TempDir Path folder) {
        try (Backend backend = Backends.open(Backends.AUTO, 1)) {
            Training training = training(backend, SMALL);
            training.close();
            assertThatThrownBy(training::step).hasMessage("the training is closed");
            assertThatThrownBy(() -> training.save(folder.resolve("a.safetensors")))
                    .hasMessage("the training is closed");
            assertThatThrownBy(() -> training.posterior(WeightKind.EMA, SMALL.sampling()))
                    .hasMessage("the training is closed");
            assertThat(folder).isEmptyDirectory();
        }
    }

    /** Weights of tebibytes fail after the mask, of some megabytes here, has been asked for. */
    @Test
    void whatCannotBeMadeLeavesNothingBehind() {
        GraphicalModel large =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 500);
                    Plate j = m.plate("j", 500);
                    Array a = m.normal("a", i);
                    Array b = m.normal("b", j);
                    m.let("x", a.at(i).times(b.at(j)), i, j);
                });
        RunSettings huge = settings(1 << 20);
        RunHeader header =
                new RunHeader(0, 0, Falls.NONE, huge, OBSERVED, Scale.estimate(large, 0));
        VariableLayout layout = Layouts.of(large, EmbeddingKind.EE, header.scales());
        OperatingSystemMXBean system =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (Backend backend = Backends.open(Backends.AUTO, 1)) {
            List<ThrowingCallable> attempts =
                    List.of(
                            () ->
                                    Posterior.open(
                                            backend,
                                            large,
                                            layout,
                                            header,
                                            huge.sampling(),
                                            _ -> {}),
                            () -> Training.start(backend, large, OBSERVED, huge, 0, 1));
            for (ThrowingCallable attempt : attempts) {
                long before = 0;
                for (int round = 0; round < 50; round++) {
                    if (round == 10) {
                        before = system.getCommittedVirtualMemorySize();
                    }
                    assertThatThrownBy(attempt).isInstanceOf(OutOfMemoryError.class);
                }
                // 40 masks would take 240 MB.
                assertThat(system.getCommittedVirtualMemorySize() - before).isLessThan(100_000_000);
            }
        }
    }
}
