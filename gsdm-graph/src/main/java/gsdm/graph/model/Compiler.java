package gsdm.graph.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Turns an expression over given indices of its plates into a step. */
final class Compiler {
    /**
     * Long enough that walking the tree costs little beside the arithmetic, short enough for L1.
     */
    private static final int STRIP = 256;

    /** Where an array is read from. */
    record Storage(boolean scratch, Region region) {}

    private final Function<Array, Storage> storage;
    private final Function<Plate, IndexSet> indices;
    private final List<Plate> trailing;
    private final int strip;

    private Compiler(
            Function<Array, Storage> storage,
            Function<Plate, IndexSet> indices,
            List<Plate> trailing) {
        this.storage = storage;
        this.indices = indices;
        this.trailing = trailing;
        this.strip =
                trailing.stream().mapToInt(plate -> size(plate)).reduce(1, Math::multiplyExact);
    }

    /**
     * The step that writes {@code expr} over {@code axes} into {@code to}.
     *
     * @param storage where the arrays it reads lie
     * @param indices for each plate, the indices its loop runs over
     */
    static Step compile(
            Expr expr,
            List<Plate> axes,
            Storage to,
            Function<Array, Storage> storage,
            Function<Plate, IndexSet> indices) {
        int split = axes.size();
        long length = 1;
        while (split > 0 && length < STRIP) {
            split--;
            length *= indices.apply(axes.get(split)).size();
        }
        List<Plate> outer = axes.subList(0, split);
        Compiler compiler =
                new Compiler(storage, indices, List.copyOf(axes.subList(split, axes.size())));
        return new Step.Compute(
                to.scratch(),
                to.region().offset(),
                outer.stream().mapToInt(Plate::id).toArray(),
                outer.stream().mapToInt(compiler::size).toArray(),
                compiler.strip,
                compiler.compiled(expr));
    }

    private int size(Plate plate) {
        return indices.apply(plate).size();
    }

    private CompiledExpr compiled(Expr expr) {
        return switch (expr) {
            case Expr.Constant constant -> CompiledExpr.Constant.of(constant.value(), strip);
            case Expr.Read read -> read(read);
            case Expr.Unary unary ->
                    new CompiledExpr.Unary(
                            unary.function(), compiled(unary.of()), new float[strip]);
            case Expr.Binary binary ->
                    new CompiledExpr.Binary(
                            binary.operation(),
                            compiled(binary.left()),
                            compiled(binary.right()),
                            new float[strip]);
            case Expr.Reduce reduce ->
                    new CompiledExpr.Reduce(
                            reduce.reduction(),
                            reduce.bound().stream().mapToInt(Plate::id).toArray(),
                            reduce.bound().stream().mapToInt(this::size).toArray(),
                            compiled(reduce.body()),
                            new float[strip]);
        };
    }

    private CompiledExpr read(Expr.Read read) {
        Storage from = storage.apply(read.array());
        int base = from.region().offset();
        for (int axis = 0; axis < read.indices().size(); axis++) {
            Affine index = read.indices().get(axis);
            if (index.terms().size() != 1) {
                base += from.region().strides()[axis] * rankOfConstant(from.region(), axis, index);
            }
        }
        List<Plate> outer = new ArrayList<>(read.free());
        outer.removeAll(trailing);
        return new CompiledExpr.Read(
                from.scratch(),
                base,
                outer.stream().mapToInt(Plate::id).toArray(),
                outer.stream()
                        .map(plate -> steps(read, from.region(), plate))
                        .toArray(int[][]::new),
                inner(read, from.region()),
                new float[strip]);
    }

    /**
     * Where several plates share an axis, the axis is whole and ranks are the indices themselves.
     */
    private static int rankOfConstant(Region region, int axis, Affine index) {
        return index.terms().isEmpty()
                ? region.axes().get(axis).ranks()[index.constant()]
                : index.constant();
    }

    /** What each index of {@code plate} adds to the address of a read. */
    private int[] steps(Expr.Read read, Region region, Plate plate) {
        int[] kept = indices.apply(plate).kept();
        int[] steps = new int[kept.length];
        for (int axis = 0; axis < read.indices().size(); axis++) {
            Affine index = read.indices().get(axis);
            int factor = index.factor(plate);
            if (factor == 0) {
                continue;
            }
            boolean alone = index.terms().size() == 1;
            int[] ranks = region.axes().get(axis).ranks();
            for (int i = 0; i < kept.length; i++) {
                int along = factor * kept[i];
                steps[i] +=
                        region.strides()[axis] * (alone ? ranks[index.constant() + along] : along);
            }
        }
        return steps;
    }

    private int[] inner(Expr.Read read, Region region) {
        int[] inner = new int[strip];
        int repeat = strip;
        for (Plate plate : trailing) {
            int[] steps = steps(read, region, plate);
            repeat /= steps.length;
            for (int t = 0; t < strip; t++) {
                inner[t] += steps[t / repeat % steps.length];
            }
        }
        return inner;
    }
}
