package gsdm.tensor.program;

import static gsdm.tensor.program.Shapes.require;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A linear layer of normalised activations: {@code linear} reads what {@code norm} writes, and
 * nothing else does but {@link Gradient}, which computes it anew.
 *
 * @param linear x·weightᵀ + bias + add; has a bias
 */
public record NormLinear(Norm norm, MatMul linear) implements Op.Forward, Op.Composite {
    public NormLinear {
        require(
                norm.out().equals(linear.a()) && !linear.transposeA() && linear.transposeB(),
                "%s is not a linear layer of %s",
                linear,
                norm);
        require(
                linear.bias().present(),
                "a norm and its linear layer run as one with a bias only; append them apart:"
                        + " %s",
                linear);
    }

    @Override
    public List<Op> parts() {
        return List.of(norm, linear);
    }

    @Override
    public List<Slot> inputs() {
        return Operands.of(
                norm.x(), norm.gamma(), norm.beta(), linear.b(), linear.bias(), linear.add());
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(linear.out(), norm.statistics());
    }

    @Override
    public Slot inPlace() {
        return linear.add();
    }

    @Override
    public NormLinear withSlots(UnaryOperator<Slot> map) {
        return new NormLinear(norm.withSlots(map), linear.withSlots(map));
    }

    /**
     * The gradient of {@link NormLinear}.
     *
     * @param layer the op differentiated
     * @param weights the gradients of weight and bias
     * @param input the gradient by what the norm gave, read by {@code norm} alone
     * @param norm the gradients by what the norm was given
     */
    public record Gradient(
            NormLinear layer, MatMul.LinearGradient weights, MatMul input, Norm.Gradient norm)
            implements Op.Adjoint, Op.Composite {
        @Override
        public List<Op> parts() {
            return List.of(weights, input, norm);
        }

        @Override
        public List<Slot> inputs() {
            Norm forward = layer.norm();
            return Operands.of(
                    forward.x(),
                    forward.gamma(),
                    forward.beta(),
                    forward.statistics(),
                    layer.linear().b(),
                    weights.dOut(),
                    norm.add());
        }

        @Override
        public List<Slot> outputs() {
            return Operands.of(
                    norm.dX(), norm.dGamma(), norm.dBeta(), weights.dWeight(), weights.dBias());
        }

        @Override
        public Slot inPlace() {
            return norm.add();
        }

        @Override
        public Gradient withSlots(UnaryOperator<Slot> map) {
            return new Gradient(
                    layer.withSlots(map),
                    weights.withSlots(map),
                    input.withSlots(map),
                    norm.withSlots(map));
        }
    }
}
