package gsdm.bench;

import gsdm.graph.inference.ModelSettings;
import gsdm.graph.inference.RunSettings;
import gsdm.graph.inference.Training;
import gsdm.graph.inference.TrainingSettings;
import gsdm.graph.problem.ProblemInstance;
import gsdm.graph.problem.Problems;
import gsdm.nn.train.StepResult;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Whole training steps: data, gradients, clipping, Adam and moving average. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED"
        })
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 5)
public class TrainingBenchmark {
    @Param({"vector", "scalar"})
    public String backend;

    @Param({"1", "2"})
    public int threads;

    /** A problem's name and settings, separated by commas. */
    @Param({
        "matrix-factorization,rows=8,cols=8,rank=2",
        "matrix-factorization,rows=16,cols=16,rank=10",
        "bnn"
    })
    public String problem;

    @Param("4")
    public int batch;

    @Param("64")
    public int channels;

    @Param("6")
    public int layers;

    private Backend device;
    private Training training;

    @Setup
    public void open() {
        String[] words = problem.split(",", -1);
        Map<String, String> given = new HashMap<>();
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            given.put(words[i].substring(0, equals), words[i].substring(equals + 1));
        }
        ProblemInstance instance = Problems.named(words[0]).build(given);
        device = Backends.open(backend, threads);
        training =
                Training.start(
                        device,
                        instance.model(),
                        instance.conditioning(),
                        settings(),
                        0,
                        1_000_000);
    }

    @Benchmark
    public StepResult step() {
        return training.step();
    }

    @TearDown
    public void close() {
        training.close();
        device.close();
    }

    private RunSettings settings() {
        return RunSettings.DEFAULTS
                .with(ModelSettings.DEFAULTS.withChannels(channels).withLayers(layers))
                .with(TrainingSettings.DEFAULTS.withBatch(batch));
    }
}
