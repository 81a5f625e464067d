package gsdm.nn.reference;

import gsdm.nn.diffusion.NoiseSchedule;
import gsdm.nn.diffusion.Objective;
import gsdm.nn.diffusion.Reduction;
import gsdm.nn.layout.Dims;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.network.BoundLayout;
import gsdm.nn.network.Denoiser;
import gsdm.nn.network.TimeTable;
import gsdm.nn.network.Weights;
import gsdm.nn.sample.Query;
import gsdm.nn.sample.Sampler;
import gsdm.nn.sample.SamplerConfig;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.io.IoReason;
import gsdm.tensor.io.SafetensorsFile;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Slot;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Runs recorded fixtures of the reference implementation on a backend and compares. */
public final class FixtureCheck {
    private static final String PARAMETER = "param.";
    private static final String GRADIENT = "grad.";

    /**
     * Tensors below this share of the largest gradient are rounding noise, and measured against it.
     */
    private static final double NOISE_SHARE = 1e-4;

    /** Summed over values, averaged over the batch. */
    private static final Objective OBJECTIVE = Objective.squaredError(Reduction.SUM);

    private final Fixture fixture;
    private final VariableLayout layout;
    private final Denoiser denoiser;
    private final ReferenceStateDict stateDict;
    private final Weights weights;
    private final float[] x0; // [B, X]
    private final float[] observedNodes; // [B, N]
    private final float[] observedValues; // [B, X]
    private double floor;
    private int compared;

    private FixtureCheck(
            Fixture fixture, VariableLayout layout, Denoiser denoiser, Weights weights) {
        this.fixture = fixture;
        this.layout = layout;
        this.denoiser = denoiser;
        this.weights = weights;
        this.stateDict = new ReferenceStateDict(denoiser);
        int batch = fixture.batch();
        this.x0 = fixture.floats("x0", batch * layout.values());
        this.observedNodes = fixture.floats("observed.nodes", batch * layout.nodes());
        this.observedValues = fixture.floats("observed.values", batch * layout.values());
    }

    /**
     * Compares one fixture.
     *
     * @throws FixtureException if the file is damaged, or a tensor is missing or left over
     */
    public static FixtureReport run(Backend backend, Path path) {
        try (Arena arena = Arena.ofConfined()) {
            Fixture fixture = new Fixture(path, SafetensorsFile.open(path, arena));
            VariableLayout layout = fixture.layout(arena);
            Denoiser denoiser = new Denoiser(fixture.config(), layout.signature());
            try (Weights weights = new Weights(backend, denoiser)) {
                return new FixtureCheck(fixture, layout, denoiser, weights).run(backend);
            }
        } catch (IOException failure) {
            throw new FixtureException(path, IoReason.of(failure), failure);
        } catch (IllegalArgumentException | ArithmeticException failure) {
            throw new FixtureException(path, failure.getMessage(), failure);
        }
    }

    private FixtureReport run(Backend backend) {
        stateDict.copy(fixture.file(), fixture.path(), PARAMETER, weights);
        floor = NOISE_SHARE * largestGradient();
        FixtureProgram program =
                new FixtureProgram(denoiser, fixture.diffusion().parameterisation(), OBJECTIVE);
        Extents sizes = Dims.of(layout, fixture.batch());
        try (Memory memory = backend.allocate(sizes, program.blocks(), weights.memory())) {
            program.inputs.layout().bind(layout, memory, sizes);
            writeValues(program, memory);
            writeTables(program, memory);
            try (Executable executable = backend.compile(program.program, memory, sizes)) {
                executable.run(sizes.toArray());
            }
            return report(
                    read(memory.read(program.output)),
                    read(memory.read(program.loss.losses())),
                    program.gradients,
                    memory,
                    ddim(backend));
        }
    }

    private void writeValues(FixtureProgram program, Memory memory) {
        write(x0, memory.write(program.clean));
        write(held(fixture.floats("xt", x0.length)), memory.write(program.inputs.values()));
        write(observedNodes, memory.write(program.inputs.observed()));
        if (!fixture.diffusion().parameterisation().predictsClean()) {
            write(fixture.floats("noise", x0.length), memory.write(program.noise));
        }
    }

    private void writeTables(FixtureProgram program, Memory memory) {
        NoiseSchedule schedule = fixture.diffusion().schedule();
        TimeTable times = new TimeTable(fixture.diffusion().times(), denoiser.channels());
        MemorySegment time = memory.write(program.inputs.time());
        MemorySegment target = memory.write(program.targetCoefficients);
        MemorySegment exampleWeights = memory.write(program.loss.exampleWeights());
        double[] weights = OBJECTIVE.weights(layout.signature());
        double share = OBJECTIVE.share(weights, new long[weights.length], fixture.batch());
        int[] t = fixture.integers("t");
        for (int b = 0; b < fixture.batch(); b++) {
            times.write(t[b], time, b);
            fixture.diffusion()
                    .parameterisation()
                    .writeTarget(schedule.signal(t[b]), schedule.level(t[b]), target, b);
            exampleWeights.setAtIndex(ValueLayout.JAVA_FLOAT, 2L * b, (float) share);
            exampleWeights.setAtIndex(ValueLayout.JAVA_FLOAT, 2L * b + 1, (float) share);
        }
        MemorySegment arrayWeights = memory.write(program.loss.arrayWeights());
        for (int a = 0; a < weights.length; a++) {
            arrayWeights.setAtIndex(ValueLayout.JAVA_FLOAT, a, (float) weights[a]);
        }
    }

    private FixtureReport report(
            float[] output, float[] losses, Block gradients, Memory memory, float[] ddim) {
        float total = 0;
        for (float loss : losses) {
            total += loss;
        }
        double outputError = error("output", held(output));
        double lossError = error("loss", new float[] {total});
        double ddimError = error("ddim.x0", ddim);
        double worst = -1;
        String worstName = "";
        Set<String> known = new HashSet<>();
        for (ReferenceStateDict.Entry entry : stateDict.entries()) {
            known.add(GRADIENT + entry.name());
            Slot gradient = gradients.twin(entry.parameter());
            double error = error(GRADIENT + entry.name(), entry.read(memory.read(gradient)));
            if (!(error <= worst)) {
                worst = error;
                worstName = entry.name();
            }
        }
        for (String name : fixture.file().names()) {
            if (name.startsWith(GRADIENT) && !known.contains(name)) {
                throw new FixtureException(
                        fixture.path(), "nothing was computed to compare with " + name);
            }
        }
        return new FixtureReport(
                fixture.name(), compared, outputError, lossError, worst, worstName, ddimError);
    }

    private double largestGradient() {
        double largest = 0;
        for (ReferenceStateDict.Entry entry : stateDict.entries()) {
            largest =
                    Math.max(
                            largest,
                            largest(fixture.floats(GRADIENT + entry.name(), entry.size())));
        }
        return largest;
    }

    /** The largest absolute value; NaN if there is one. */
    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** As the fixtures' notes measure it; NaN if either side has one. */
    private double error(String name, float[] ours) {
        float[] theirs = fixture.floats(name, ours.length);
        double difference = 0;
        for (int i = 0; i < ours.length; i++) {
            difference = Math.max(difference, Math.abs((double) ours[i] - theirs[i]));
        }
        compared++;
        return difference / Math.max(largest(theirs), floor);
    }

    /** The values with observed ones replaced by the clean ones. */
    private float[] held(float[] values) {
        float[] held = values.clone();
        for (int i = 0; i < held.length; i++) {
            if (observedValues[i] != 0) {
                held[i] = x0[i];
            }
        }
        return held;
    }

    private float[] ddim(Backend backend) {
        SamplerConfig config =
                new SamplerConfig(
                        SamplerConfig.Solver.DDIM,
                        fixture.ddimSteps(),
                        0,
                        SamplerConfig.Spacing.LEADING,
                        Double.POSITIVE_INFINITY,
                        SamplerConfig.Discrete.PROBABILITIES);
        float[] values = x0.clone();
        try (BoundLayout bound = new BoundLayout(backend, denoiser, layout);
                Sampler sampler =
                        Sampler.open(
                                backend,
                                fixture.diffusion(),
                                bound,
                                weights,
                                config,
                                fixture.batch())) {
            sampler.sampleFrom(
                    MemorySegment.ofArray(fixture.floats("ddim.xT", x0.length)),
                    0,
                    0,
                    fixture.batch(),
                    Query.of(
                            layout,
                            0,
                            MemorySegment.ofArray(observedNodes),
                            MemorySegment.ofArray(values)));
        }
        return values;
    }

    private static void write(float[] from, MemorySegment to) {
        MemorySegment.copy(from, 0, to, ValueLayout.JAVA_FLOAT, 0, from.length);
    }

    private static float[] read(MemorySegment from) {
        return from.toArray(ValueLayout.JAVA_FLOAT);
    }
}
