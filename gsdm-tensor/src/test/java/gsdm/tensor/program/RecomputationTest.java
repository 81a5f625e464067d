package gsdm.tensor.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Which ops are emitted again, and what that saves; the op contract compares the bits. */
class RecomputationTest {
    private static final Dim B = Dim.of(1);
    private static final Dim N = Dim.of(100);
    private static final Dim C = Dim.of(16);
    private static final long ACTIVATION = N.size() * C.size() * (long) DataType.BYTES;

    private final ProgramBuilder builder = new ProgramBuilder("test");
    private final Block parameters = new Block("parameters", Block.Role.LASTING);
    private final Block inputs = new Block("inputs", Block.Role.INPUT);
    private final Slot x = inputs.floats("x", B, N, C);

    @Test
    void whatAdjointsReadIsComputedAgainAndNothingElse() {
        builder.beginRegion();
        Slot first = linear("first", x);
        Slot relu = builder.activation(Activation.Function.RELU, first);
        Slot second = linear("second", relu);
        builder.endRegion();
        Slot last = builder.activation(Activation.Function.SILU, second);
        Program program = differentiate(last, true);
        List<MatMul> layers =
                only(program, MatMul.class).stream().filter(op -> op.bias().present()).toList();
        assertThat(layers).hasSize(3); // not the second again
        List<Activation> activations = only(program, Activation.class);
        assertThat(activations).hasSize(3); // not the last again
        Slot again = layers.getLast().out();
        assertThat(layers.getLast())
                .isEqualTo(layers.getFirst().withSlots(slot -> slot == first ? again : slot));
        assertThat(again).isNotEqualTo(first);
        assertThat(activations.getLast().x()).isEqualTo(again);
        List<Activation.Gradient> gradients = only(program, Activation.Gradient.class);
        assertThat(gradients).extracting(Activation.Gradient::x).containsExactly(second, again);
        List<MatMul.LinearGradient> weights = only(program, MatMul.LinearGradient.class);
        assertThat(weights)
                .extracting(MatMul.LinearGradient::x)
                .containsExactly(activations.getLast().out(), x);
    }

    @Test
    void ofANormAndItsLinearLayerTheNormIsEnoughWhereNothingReadsTheLayer() {
        Slot before = linear("before", x);
        builder.beginRegion();
        GroupNorm norm = norm(before);
        Slot out = linear("layer", norm);
        builder.endRegion();
        Program program = differentiate(out, true);
        assertThat(only(program, NormLinear.class)).hasSize(1);
        GroupNorm again = only(program, GroupNorm.class).getFirst();
        assertThat(again).isNotEqualTo(norm);
        assertThat(again.x()).isEqualTo(before);
        NormLinear.Gradient gradient = only(program, NormLinear.Gradient.class).getFirst();
        assertThat(gradient.layer().norm()).isEqualTo(again);
        assertThat(gradient.weights().x()).isEqualTo(again.out());
    }

    @Test
    void aNormAndALinearLayerThatIsReadAreComputedAgainAsOne() {
        Slot before = linear("before", x);
        builder.beginRegion();
        Slot layer = linear("layer", norm(before));
        Slot out = builder.activation(Activation.Function.SILU, layer);
        builder.endRegion();
        Program program = differentiate(out, true);
        List<NormLinear> layers = only(program, NormLinear.class);
        assertThat(layers).hasSize(2);
        assertThat(only(program, GroupNorm.class)).isEmpty();
        assertThat(only(program, NormLinear.Gradient.class).getFirst().layer())
                .isEqualTo(layers.getLast())
                .isNotEqualTo(layers.getFirst());
    }

    @Test
    void ofManyLayersTheirInputsAreKeptAlone() {
        int layers = 8;
        long kept = bytesOf(layers, false);
        long again = bytesOf(layers, true);
        assertThat(kept).isGreaterThan(layers * 4 * ACTIVATION);
        assertThat(again).isLessThan((layers + 8) * ACTIVATION);
    }

    private static long bytesOf(int layers, boolean recompute) {
        RecomputationTest test = new RecomputationTest();
        Slot value = test.x;
        for (int i = 0; i < layers; i++) {
            test.builder.beginRegion();
            for (String part : List.of("a", "b")) {
                Slot linear = test.linear(part + i, value);
                value = test.builder.activation(Activation.Function.SILU, linear);
            }
            test.builder.endRegion();
        }
        return MemoryPlan.scratch(
                        test.differentiate(value, recompute), Extents.NONE, MemoryPlan.ANY_PIECE)
                .bytes();
    }

    @Test
    void regionsBeginAndEndInTurn() {
        assertThatThrownBy(builder::endRegion)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no region of test has begun");
        builder.beginRegion();
        assertThatThrownBy(builder::beginRegion)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has begun and not ended");
        Slot out = linear("layer", x);
        assertThatThrownBy(() -> differentiate(out, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has begun and not ended");
    }

    private GroupNorm norm(Slot value) {
        Slot gamma = parameters.floats("gamma", C);
        return builder.groupNorm(value, gamma, parameters.floats("beta", C), 4, 1, true);
    }

    private Slot linear(String name, Slot value) {
        return builder.linear(value, parameters.floats(name, C, C), bias(name));
    }

    private Slot linear(String name, GroupNorm norm) {
        return builder.linear(norm, parameters.floats(name, C, C), bias(name), Slot.NONE);
    }

    private Slot bias(String name) {
        return parameters.floats(name + " bias", C);
    }

    private Program differentiate(Slot out, boolean recompute) {
        Slot target = inputs.floats("target", B, N, C);
        builder.loss(
                new Loss(
                        out,
                        target,
                        inputs.floats("observed", B, N),
                        List.of(new NodeKind(N, C.size())),
                        List.of(Loss.Criterion.SQUARED_ERROR),
                        inputs.ints("bounds", Dim.of(2)),
                        inputs.floats("array weight", Dim.of(1)),
                        inputs.floats("example weights", B, Dim.of(2)),
                        inputs.floats("loss", Dim.of(1)),
                        inputs.floats("errors", B, Dim.of(1))));
        Gradients.append(builder, parameters, parameters.like("gradients"), recompute);
        return builder.build();
    }

    private static <T extends Op> List<T> only(Program program, Class<T> type) {
        return program.ops().stream().filter(type::isInstance).map(type::cast).toList();
    }
}
