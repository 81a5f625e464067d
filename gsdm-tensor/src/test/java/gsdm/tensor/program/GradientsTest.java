package gsdm.tensor.program;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Programs without a gradient; those with one are compared with differences in the op contract. */
class GradientsTest {
    private static final Dim N = Dim.of(5);

    private final ProgramBuilder builder = new ProgramBuilder("test");
    private final Block parameters = new Block("parameters", Block.Role.LASTING);
    private final Block inputs = new Block("inputs", Block.Role.INPUT);

    @Test
    void aProgramWhoseLossDependsOnNoParameterIsAnError() {
        parameters.floats("p", N);
        Slot x = inputs.floats("x", Dim.of(1), N);
        loss(
                builder.activation(Activation.Function.RELU, x),
                inputs.floats("target", Dim.of(1), N));
        assertThatThrownBy(this::differentiate)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no loss");
    }

    @Test
    void aTargetThatDependsOnAParameterIsAnError() {
        Slot p = parameters.floats("p", Dim.of(1), N);
        loss(
                builder.activation(Activation.Function.RELU, p),
                builder.activation(Activation.Function.SILU, p));
        assertThatThrownBy(this::differentiate)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Loss");
    }

    @Test
    void valuesThatDependOnAParameterAreAnError() {
        Dim one = Dim.of(1);
        Slot values = parameters.floats("values", one, N);
        Projection kind =
                new Projection(
                        new NodeKind(N, 1), inputs.floats("w", one, one), inputs.floats("b", one));
        Slot out =
                builder.embedValues(
                        values,
                        inputs.floats("observed", one, N),
                        List.of(kind),
                        inputs.floats("e", one));
        Projection back =
                new Projection(
                        new NodeKind(N, 1), inputs.floats("v", one, one), inputs.floats("c", one));
        Slot prediction = builder.projectValues(out, List.of(back), values);
        loss(prediction, inputs.floats("target", one, N));
        assertThatThrownBy(this::differentiate)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("EmbedValues");
    }

    @Test
    void aNormAndALinearLayerWithoutABiasAreNotOneOp() {
        Dim one = Dim.of(1);
        Slot x = parameters.floats("x", one, one, N);
        GroupNorm norm =
                builder.groupNorm(
                        x, parameters.floats("gamma", N), parameters.floats("beta", N), 1, 1, true);
        Slot weight = parameters.floats("weight", N, N);
        Slot out = builder.temporary("out", x.shape());
        MatMul linear = new MatMul(norm.out(), weight, false, true, Slot.NONE, Slot.NONE, out);
        assertThatThrownBy(() -> new NormLinear(norm, linear))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("with a bias only");
        builder.append(norm);
        builder.append(linear);
        Projection kind =
                new Projection(
                        new NodeKind(one, 1), inputs.floats("v", one, N), inputs.floats("c", one));
        Slot like = inputs.floats("like", one, one);
        Slot prediction = builder.projectValues(out, List.of(kind), like);
        loss(prediction, inputs.floats("target", one, one));
        differentiate();
    }

    @Test
    void aGradientBetweenParametersAndALossIsAnError() {
        Slot p = parameters.floats("p", Dim.of(1), N);
        Slot out = builder.temporary("out", p.shape());
        builder.append(new Activation.Gradient(Activation.Function.SILU, p, p, Slot.NONE, out));
        loss(out, inputs.floats("target", Dim.of(1), N));
        assertThatThrownBy(this::differentiate)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("only forward ops have a gradient")
                .hasMessageContaining("Gradient[function=SILU");
    }

    @Test
    void noisingBetweenParametersAndALossIsAnError() {
        Slot p = parameters.floats("p", Dim.of(1), N);
        Slot coefficients = inputs.floats("coefficients", Dim.of(1), Dim.of(2));
        loss(builder.blend(coefficients, p, p), inputs.floats("target", Dim.of(1), N));
        assertThatThrownBy(this::differentiate)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("only forward ops have a gradient")
                .hasMessageContaining("Blend[");
    }

    private void loss(Slot prediction, Slot target) {
        Dim one = Dim.of(1);
        Dim values = prediction.shape().last();
        builder.loss(
                new Loss(
                        prediction,
                        target,
                        inputs.floats("seen", one, values),
                        List.of(new NodeKind(values, 1)),
                        List.of(Loss.Criterion.SQUARED_ERROR),
                        inputs.ints("bounds", Dim.of(2)),
                        inputs.floats("array weight", one),
                        inputs.floats("example weight", one, Dim.of(2)),
                        inputs.floats("loss", one),
                        inputs.floats("errors", one, one)));
    }

    private void differentiate() {
        Gradients.append(builder, parameters, parameters.like("gradients"));
    }
}
