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
    private final List<Op> adjoints = new ArrayList<>(); // of the region at hand

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
        append(builder, parameters, gradients, false);
    }

    /**
     * Appends the gradients of the sum of all losses in {@code builder}.
     *
     * @param gradients made by {@code parameters.like(...)}
     * @param recompute whether what the ops of a {@linkplain ProgramBuilder#beginRegion() region}
     *     compute is computed again before its gradients, in place of being kept from the first
     *     time: the same bits in less memory
     */
    public static void append(
            ProgramBuilder builder, Block parameters, Block gradients, boolean recompute) {
        new Gradients(builder, parameters, gradients)
                .append(recompute ? builder.regions() : List.of());
    }

    private void append(List<List<Op>> regions) {
        List<Op> forward = new ArrayList<>(builder.ops());
        for (Op op : forward) {
            if (op.inputs().stream().anyMatch(this::isWanted)) {
                wanted.addAll(op.outputs());
            }
        }
        List<Op.Forward> active = active(forward);
        require(!active.isEmpty(), "no loss in the program depends on %s", parameters);
        for (Op.Forward op : active) {
            for (Slot input : op.inputs()) {
                usesLeft.merge(input, 1, Integer::sum);
            }
        }
        Map<Op, List<Op>> regionOf = new HashMap<>();
        for (List<Op> region : regions) {
            region.forEach(op -> regionOf.put(op, region));
        }
        List<Op> region = List.of();
        for (Op.Forward op : active) {
            List<Op> next = regionOf.getOrDefault(op, List.of());
            if (!next.equals(region)) {
                emit(region);
                region = next;
            }
            differentiate(op);
        }
        emit(region);
    }

    /** Appends the adjoints of a region, last of all. */
    private void emit(List<Op> region) {
        Recomputation.append(builder, region, adjoints);
        adjoints.clear();
    }

    /** The ops between a wanted slot and a loss, last first. */
    private List<Op.Forward> active(List<Op> forward) {
        Set<Slot> reached = new HashSet<>();
        List<Op.Forward> active = new ArrayList<>();
        for (Op op : forward.reversed()) {
            boolean feedsLoss = op instanceof Loss || !Collections.disjoint(op.outputs(), reached);
            if (feedsLoss && op.inputs().stream().anyMatch(this::isWanted)) {
                active.add(differentiable(op));
                reached.addAll(op.inputs());
            }
        }
        return active;
    }

    private static Op.Forward differentiable(Op op) {
        if (op instanceof Op.Forward forward) {
            return forward;
        }
        throw new IllegalArgumentException(
                "only forward ops have a gradient; between parameters and a loss found " + op);
    }

    private boolean isWanted(Slot slot) {
        return slot.block() == parameters || wanted.contains(slot);
    }

    private void differentiate(Op.Forward op) {
        switch (op) {
            case MatMul matMul -> matMul(matMul);
            case Norm norm -> norm(norm);
            case NormLinear layer -> normLinear(layer);
            case Activation activation -> activation(activation);
            case Add add -> {
                pass(add.a(), gradient(add.out()));
                pass(add.b(), gradient(add.out()));
            }
            case Copy copy -> pass(copy.x(), gradient(copy.out()));
            case Gather gather -> gather(gather);
            case AddRows rows -> addRows(rows);
            case Attention attention -> attention(attention);
            case EmbedValues embed -> embedValues(embed);
            case ProjectValues project -> projectValues(project);
            case BlockSoftmax softmax -> {
                requireConstant(softmax.noised(), softmax);
                Slot dX = begin(softmax.x());
                append(new BlockSoftmax.Gradient(softmax, gradient(softmax.out()), dX));
                end(softmax.x(), dX);
            }
            case Loss loss -> {
                requireConstant(loss.target(), loss);
                requireConstant(loss.arrayWeights(), loss);
                requireConstant(loss.exampleWeights(), loss);
                Slot dPrediction = begin(loss.prediction());
                append(new Loss.Gradient(loss, dPrediction));
                end(loss.prediction(), dPrediction);
            }
        }
    }

    private void matMul(MatMul op) {
        Slot dOut = gradient(op.out());
        boolean linear = !op.transposeA() && op.transposeB() && op.bias().present();
        if (linear && isWanted(op.b())) {
            Slot dWeight = begin(op.b());
            Slot dBias = begin(op.bias());
            append(new MatMul.LinearGradient(dOut, op.a(), dWeight, dBias));
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

    private void matMulLeft(MatMul op, Slot dOut) {
        if (!isWanted(op.a())) {
            return;
        }
        Slot previous = previous(op.a());
        Slot dA = beginSum(op.a());
        append(
                op.transposeA()
                        ? new MatMul(op.b(), dOut, op.transposeB(), true, Slot.NONE, previous, dA)
                        : new MatMul(
                                dOut, op.b(), false, !op.transposeB(), Slot.NONE, previous, dA));
        endSum(op.a(), dA);
    }

    private void matMulRight(MatMul op, Slot dOut) {
        if (!isWanted(op.b())) {
            return;
        }
        Slot previous = previous(op.b());
        Slot dB = beginSum(op.b());
        append(
                op.transposeB()
                        ? new MatMul(dOut, op.a(), true, op.transposeA(), Slot.NONE, previous, dB)
                        : new MatMul(
                                op.a(), dOut, !op.transposeA(), false, Slot.NONE, previous, dB));
        endSum(op.b(), dB);
    }

    private void norm(Norm op) {
        Norm.Gradient gradient = beginNorm(op, gradient(op.out()));
        append(gradient);
        endNorm(gradient);
    }

    private Norm.Gradient beginNorm(Norm op, Slot dOut) {
        Slot previous = previous(op.x());
        Slot dX = beginSum(op.x());
        Slot dGamma = begin(op.gamma());
        return new Norm.Gradient(op, dOut, previous, dX, dGamma, begin(op.beta()));
    }

    private void endNorm(Norm.Gradient gradient) {
        endSum(gradient.norm().x(), gradient.dX());
        end(gradient.norm().gamma(), gradient.dGamma());
        end(gradient.norm().beta(), gradient.dBeta());
    }

    private void normLinear(NormLinear op) {
        MatMul linear = op.linear();
        Slot dOut = gradient(linear.out());
        Slot normed = linear.a();
        MatMul.LinearGradient weights =
                new MatMul.LinearGradient(dOut, normed, begin(linear.b()), begin(linear.bias()));
        Slot dNormed = builder.temporary("gradient of " + normed.name(), normed.shape());
        MatMul input = new MatMul(dOut, linear.b(), false, false, Slot.NONE, Slot.NONE, dNormed);
        Norm.Gradient norm = beginNorm(op.norm(), dNormed);
        append(new NormLinear.Gradient(op, weights, input, norm));
        end(linear.b(), weights.dWeight());
        end(linear.bias(), weights.dBias());
        endNorm(norm);
        if (linear.add().present()) {
            pass(linear.add(), dOut);
        }
    }

    private void activation(Activation op) {
        Slot previous = previous(op.x());
        Slot dX = beginSum(op.x());
        append(new Activation.Gradient(op.function(), op.x(), gradient(op.out()), previous, dX));
        endSum(op.x(), dX);
    }

    private void gather(Gather op) {
        Slot dOut = gradient(op.out());
        if (op.add().present()) {
            pass(op.add(), dOut);
        }
        if (isWanted(op.table())) {
            Slot dTable = begin(op.table());
            append(new Gather.Gradient(dOut, op.segments(), dTable));
            end(op.table(), dTable);
        }
    }

    private void addRows(AddRows op) {
        Slot dOut = gradient(op.out());
        Slot dExample = begin(op.example());
        Slot dTable = begin(op.table());
        append(new AddRows.Gradient(dOut, op.segments(), dExample, dTable));
        end(op.example(), dExample);
        end(op.table(), dTable);
        pass(op.x(), dOut);
    }

    private void attention(Attention op) {
        Slot dQkv = begin(op.qkv());
        append(new Attention.Gradient(op, gradient(op.out()), dQkv));
        end(op.qkv(), dQkv);
    }

    private void embedValues(EmbedValues op) {
        requireConstant(op.values(), op);
        requireConstant(op.observed(), op);
        List<Projection> dProjections = beginProjections(op.projections());
        Slot dObserved = begin(op.observedEmbedding());
        append(new EmbedValues.Gradient(op, gradient(op.out()), dProjections, dObserved));
        endProjections(op.projections(), dProjections);
        end(op.observedEmbedding(), dObserved);
    }

    private void projectValues(ProjectValues op) {
        List<Projection> dProjections = beginProjections(op.projections());
        Slot dX = begin(op.x());
        append(new ProjectValues.Gradient(op, gradient(op.out()), dProjections, dX));
        endProjections(op.projections(), dProjections);
        end(op.x(), dX);
    }

    private List<Projection> beginProjections(List<Projection> projections) {
        return projections.stream()
                .map(p -> new Projection(p.kind(), begin(p.weight()), begin(p.bias())))
                .toList();
    }

    private void endProjections(List<Projection> primal, List<Projection> gradient) {
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
        adjoints.add(op);
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
            append(new Add(previous, contribution, sum));
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
            append(new Copy(gradient, gradients.twin(primal)));
        }
        end(primal, gradient);
    }
}
