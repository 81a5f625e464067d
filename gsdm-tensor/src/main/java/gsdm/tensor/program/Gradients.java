package gsdm.tensor.program;

import static gsdm.tensor.program.Shapes.require;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reverse-mode differentiation over ops: the adjoint of every op, in one place. A layer composes
 * forward ops once and gets its backward from here.
 *
 * <p>Gradients of parameters are written to the slots of a block with the parameters' layout;
 * parameters that no loss depends on keep what their slot holds. Each parameter gradient is
 * complete when the last contribution, known by counting uses beforehand, is written.
 */
public final class Gradients {
    private final ProgramBuilder builder;
    private final Block parameters;
    private final Block gradients;
    private final Set<Slot> wanted = new HashSet<>();
    private final Map<Slot, Integer> usesLeft = new HashMap<>();
    private final Map<Slot, Slot> gradientOf = new HashMap<>();

    private Gradients(ProgramBuilder builder, Block parameters, Block gradients) {
        this.builder = builder;
        this.parameters = parameters;
        this.gradients = gradients;
    }

    /**
     * Appends the gradients of the sum of all losses in {@code builder}.
     *
     * @param gradients made by {@code parameters.like(...)}
     */
    public static void append(ProgramBuilder builder, Block parameters, Block gradients) {
        new Gradients(builder, parameters, gradients).append();
    }

    private void append() {
        List<Op> forward = new ArrayList<>(builder.ops());
        for (Op op : forward) {
            if (op.inputs().stream().anyMatch(this::isWanted)) {
                wanted.addAll(op.outputs());
            }
        }
        List<Op> active = active(forward);
        require(!active.isEmpty(), "no loss in the program depends on %s", parameters);
        for (Op op : active) {
            for (Slot input : op.inputs()) {
                usesLeft.merge(input, 1, Integer::sum);
            }
        }
        for (Op op : active) {
            differentiate(op);
        }
    }

    /** The ops between a wanted slot and a loss, last first. */
    private List<Op> active(List<Op> forward) {
        Set<Slot> reached = new HashSet<>();
        List<Op> active = new ArrayList<>();
        for (Op op : forward.reversed()) {
            boolean feedsLoss =
                    op instanceof Op.Loss || !Collections.disjoint(op.outputs(), reached);
            if (feedsLoss && op.inputs().stream().anyMatch(this::isWanted)) {
                active.add(op);
                reached.addAll(op.inputs());
            }
        }
        return active;
    }

    private boolean isWanted(Slot slot) {
        return slot.block() == parameters || wanted.contains(slot);
    }

    private void differentiate(Op op) {
        switch (op) {
            case Op.MatMul matMul -> matMul(matMul);
            case Op.GroupNorm norm -> groupNorm(norm);
            case Op.NormLinear layer -> normLinear(layer);
            case Op.Activation activation -> activation(activation);
            case Op.Add add -> {
                pass(add.a(), gradient(add.out()));
                pass(add.b(), gradient(add.out()));
            }
            case Op.Copy copy -> pass(copy.x(), gradient(copy.out()));
            case Op.Gather gather -> gather(gather);
            case Op.AddRows rows -> addRows(rows);
            case Op.Attention attention -> attention(attention);
            case Op.EmbedValues embed -> embedValues(embed);
            case Op.ProjectValues project -> projectValues(project);
            case Op.BlockSoftmax softmax -> {
                Slot dX = begin(softmax.x());
                append(new Op.BlockSoftmaxGradient(softmax, gradient(softmax.out()), dX));
                end(softmax.x(), dX);
            }
            case Op.Loss loss -> {
                requireConstant(loss.target(), loss);
                requireConstant(loss.weight(), loss);
                Slot dPrediction = begin(loss.prediction());
                append(new Op.LossGradient(loss, dPrediction));
                end(loss.prediction(), dPrediction);
            }
            case Op.LinearGradient o -> throw secondOrder(o);
            case Op.GroupNormGradient o -> throw secondOrder(o);
            case Op.NormLinearGradient o -> throw secondOrder(o);
            case Op.ActivationGradient o -> throw secondOrder(o);
            case Op.GatherGradient o -> throw secondOrder(o);
            case Op.AddRowsGradient o -> throw secondOrder(o);
            case Op.AttentionGradient o -> throw secondOrder(o);
            case Op.EmbedValuesGradient o -> throw secondOrder(o);
            case Op.ProjectValuesGradient o -> throw secondOrder(o);
            case Op.BlockSoftmaxGradient o -> throw secondOrder(o);
            case Op.LossGradient o -> throw secondOrder(o);
            case Op.SquaredNorm o -> throw secondOrder(o);
            case Op.Adam o -> throw secondOrder(o);
            case Op.MovingAverage o -> throw secondOrder(o);
        }
    }

    private static IllegalArgumentException secondOrder(Op op) {
        return new IllegalArgumentException(
                "gradients of " + op.getClass().getSimpleName() + " are not defined");
    }

    private void matMul(Op.MatMul op) {
        Slot dOut = gradient(op.out());
        boolean linear = !op.transposeA() && op.transposeB() && op.bias().present();
        if (linear && isWanted(op.b())) {
            Slot dWeight = begin(op.b());
            Slot dBias = begin(op.bias());
            append(new Op.LinearGradient(dOut, op.a(), dWeight, dBias));
            end(op.b(), dWeight);
            end(op.bias(), dBias);
        } else {
            require(
                    !op.bias().present() || !isWanted(op.bias()),
                    "the gradient of a bias is defined for x·weightᵀ + bias only; found %s",
                    op);
            matMulRight(op, dOut);
        }
        matMulLeft(op, dOut);
        if (op.add().present()) {
            pass(op.add(), dOut);
        }
    }

    private void matMulLeft(Op.MatMul op, Slot dOut) {
        if (!isWanted(op.a())) {
            return;
        }
        Slot previous = previous(op.a());
        Slot dA = beginSum(op.a());
        append(
                op.transposeA()
                        ? new Op.MatMul(
                                op.b(), dOut, op.transposeB(), true, Slot.NONE, previous, dA)
                        : new Op.MatMul(
                                dOut, op.b(), false, !op.transposeB(), Slot.NONE, previous, dA));
        endSum(op.a(), dA);
    }

    private void matMulRight(Op.MatMul op, Slot dOut) {
        if (!isWanted(op.b())) {
            return;
        }
        Slot previous = previous(op.b());
        Slot dB = beginSum(op.b());
        append(
                op.transposeB()
                        ? new Op.MatMul(
                                dOut, op.a(), true, op.transposeA(), Slot.NONE, previous, dB)
                        : new Op.MatMul(
                                op.a(), dOut, !op.transposeA(), false, Slot.NONE, previous, dB));
        endSum(op.b(), dB);
    }

    private void groupNorm(Op.GroupNorm op) {
        Op.GroupNormGradient gradient = beginNorm(op, gradient(op.out()));
        append(gradient);
        endNorm(gradient);
    }

    private Op.GroupNormGradient beginNorm(Op.GroupNorm op, Slot dOut) {
        Slot previous = previous(op.x());
        Slot dX = beginSum(op.x());
        Slot dGamma = begin(op.gamma());
        return new Op.GroupNormGradient(op, dOut, previous, dX, dGamma, begin(op.beta()));
    }

    private void endNorm(Op.GroupNormGradient gradient) {
        endSum(gradient.norm().x(), gradient.dX());
        end(gradient.norm().gamma(), gradient.dGamma());
        end(gradient.norm().beta(), gradient.dBeta());
    }

    private void normLinear(Op.NormLinear op) {
        Op.MatMul linear = op.linear();
        Slot dOut = gradient(linear.out());
        Slot normed = linear.a();
        Op.LinearGradient weights =
                new Op.LinearGradient(dOut, normed, begin(linear.b()), begin(linear.bias()));
        Slot dNormed = builder.temporary("gradient of " + normed.name(), normed.shape());
        Op.MatMul input =
                new Op.MatMul(dOut, linear.b(), false, false, Slot.NONE, Slot.NONE, dNormed);
        Op.GroupNormGradient norm = beginNorm(op.norm(), dNormed);
        append(new Op.NormLinearGradient(op, weights, input, norm));
        end(linear.b(), weights.dWeight());
        end(linear.bias(), weights.dBias());
        endNorm(norm);
        if (linear.add().present()) {
            pass(linear.add(), dOut);
        }
    }

    private void activation(Op.Activation op) {
        Slot previous = previous(op.x());
        Slot dX = beginSum(op.x());
        append(new Op.ActivationGradient(op.function(), op.x(), gradient(op.out()), previous, dX));
        endSum(op.x(), dX);
    }

    private void gather(Op.Gather op) {
        Slot dOut = gradient(op.out());
        if (op.add().present()) {
            pass(op.add(), dOut);
        }
        if (isWanted(op.table())) {
            Slot dTable = begin(op.table());
            append(new Op.GatherGradient(dOut, op.segments(), dTable));
            end(op.table(), dTable);
        }
    }

    private void addRows(Op.AddRows op) {
        Slot dOut = gradient(op.out());
        Slot dExample = begin(op.example());
        Slot dTable = begin(op.table());
        append(new Op.AddRowsGradient(dOut, op.segments(), dExample, dTable));
        end(op.example(), dExample);
        end(op.table(), dTable);
        pass(op.x(), dOut);
    }

    private void attention(Op.Attention op) {
        Slot dQkv = begin(op.qkv());
        append(new Op.AttentionGradient(op, gradient(op.out()), dQkv));
        end(op.qkv(), dQkv);
    }

    private void embedValues(Op.EmbedValues op) {
        requireConstant(op.values(), op);
        requireConstant(op.observed(), op);
        List<Op.Projection> dProjections = beginProjections(op.projections());
        Slot dObserved = begin(op.observedEmbedding());
        append(new Op.EmbedValuesGradient(op, gradient(op.out()), dProjections, dObserved));
        endProjections(op.projections(), dProjections);
        end(op.observedEmbedding(), dObserved);
    }

    private void projectValues(Op.ProjectValues op) {
        List<Op.Projection> dProjections = beginProjections(op.projections());
        Slot dX = begin(op.x());
        append(new Op.ProjectValuesGradient(op, gradient(op.out()), dProjections, dX));
        endProjections(op.projections(), dProjections);
        end(op.x(), dX);
    }

    private List<Op.Projection> beginProjections(List<Op.Projection> projections) {
        return projections.stream()
                .map(p ->
                        new Op.Projection(
                                p.nodes(), p.options(), begin(p.weight()), begin(p.bias())))
                .toList();
    }

    private void endProjections(List<Op.Projection> primal, List<Op.Projection> gradient) {
        for (int i = 0; i < primal.size(); i++) {
            end(primal.get(i).weight(), gradient.get(i).weight());
            end(primal.get(i).bias(), gradient.get(i).bias());
        }
    }

    private void requireConstant(Slot slot, Op op) {
        require(
                !isWanted(slot),
                "%s depends on %s, but %s has no gradient by it",
                slot,
                parameters,
                op.getClass().getSimpleName());
    }

    private void append(Op op) {
        builder.append(op);
    }

    private Slot gradient(Slot primal) {
        Slot gradient = gradientOf.get(primal);
        require(gradient != null, "no gradient has reached %s", primal);
        return gradient;
    }

    /** What earlier contributions to a slot's gradient sum to, or NONE. */
    private Slot previous(Slot primal) {
        return gradientOf.getOrDefault(primal, Slot.NONE);
    }

    /** Where an op writes a contribution that does not include the earlier ones. */
    private Slot begin(Slot primal) {
        return previous(primal).present()
                ? builder.temporary("gradient of " + primal.name(), primal.shape())
                : beginSum(primal);
    }

    /** Takes a contribution and adds it to the earlier ones. */
    private void end(Slot primal, Slot contribution) {
        Slot previous = previous(primal);
        if (previous.present()) {
            Slot sum = beginSum(primal);
            append(new Op.Add(previous, contribution, sum));
            endSum(primal, sum);
        } else {
            endSum(primal, contribution);
        }
    }

    /** Where an op writes a contribution with the earlier ones added in. */
    private Slot beginSum(Slot primal) {
        boolean last = usesLeft.get(primal) == 1;
        return primal.block() == parameters && last
                ? gradients.twin(primal)
                : builder.temporary("gradient of " + primal.name(), primal.shape());
    }

    private void endSum(Slot primal, Slot sum) {
        gradientOf.put(primal, sum);
        usesLeft.merge(primal, -1, Integer::sum);
    }

    /** A contribution that is another slot's gradient as it stands. */
    private void pass(Slot primal, Slot gradient) {
        if (!isWanted(primal)) {
            return;
        }
        boolean whole = !previous(primal).present() && usesLeft.get(primal) == 1;
        if (primal.block() == parameters && whole) {
            append(new Op.Copy(gradient, gradients.twin(primal)));
        }
        end(primal, gradient);
    }
}
