package gsdm.tensor.contract;

import gsdm.tensor.program.Activation;
import gsdm.tensor.program.Adam;
import gsdm.tensor.program.Add;
import gsdm.tensor.program.AddRows;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Blend;
import gsdm.tensor.program.BlockSoftmax;
import gsdm.tensor.program.Clamp;
import gsdm.tensor.program.Copy;
import gsdm.tensor.program.Definitions;
import gsdm.tensor.program.Definitions.Code;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.EmbedValues;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Gather;
import gsdm.tensor.program.GroupNorm;
import gsdm.tensor.program.LayerNorm;
import gsdm.tensor.program.Loss;
import gsdm.tensor.program.MatMul;
import gsdm.tensor.program.MovingAverage;
import gsdm.tensor.program.Muon;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.Norm;
import gsdm.tensor.program.NormLinear;
import gsdm.tensor.program.Normals;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.ProjectValues;
import gsdm.tensor.program.Projection;
import gsdm.tensor.program.ResidualLayers;
import gsdm.tensor.program.Residuals;
import gsdm.tensor.program.Slot;
import gsdm.tensor.program.SquaredNorm;
import gsdm.tensor.program.Standardise;
import gsdm.tensor.random.RandomStream;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The forward ops in double precision, written from their definitions and from nothing that a
 * backend uses. Gradients are checked by differences of what this computes.
 */
final class DoubleReference {
    private final Extents sizes;
    private final Map<Slot, int[]> ints;
    private final Map<Slot, double[]> values;

    DoubleReference(Extents sizes, Map<Slot, int[]> ints, Map<Slot, double[]> values) {
        this.sizes = sizes;
        this.ints = ints;
        this.values = new HashMap<>(values);
    }

    double[] value(Slot slot) {
        return values.get(slot);
    }

    /** Runs the ops and returns the sum of all losses. */
    double run(List<Op> ops) {
        double loss = 0;
        for (Op op : ops) {
            forward(op);
            if (op instanceof Loss term) {
                for (double ofArray : values.get(term.out())) {
                    loss += ofArray;
                }
            }
        }
        return loss;
    }

    private void forward(Op op) {
        switch (op) {
            case MatMul o -> matMul(o);
            case GroupNorm o -> groupNorm(o);
            case LayerNorm o -> layerNorm(o);
            case NormLinear o -> o.parts().forEach(this::forward);
            case Activation o -> {
                double[] x = values.get(o.x());
                double[] out = output(o.out());
                for (int i = 0; i < out.length; i++) {
                    out[i] = activation(o.function(), x[i]);
                }
            }
            case Add o -> {
                double[] out = output(o.out());
                for (int i = 0; i < out.length; i++) {
                    out[i] = values.get(o.a())[i] + values.get(o.b())[i];
                }
            }
            case Copy o -> values.put(o.out(), values.get(o.x()).clone());
            case Gather o -> gather(o);
            case AddRows o -> addRows(o);
            case Attention o -> attention(o);
            case EmbedValues o -> embed(o);
            case ProjectValues o -> project(o);
            case BlockSoftmax o -> softmax(o);
            case Loss o -> loss(o);
            case Standardise o -> standardise(o);
            case Normals o -> normals(o);
            case Blend o -> blend(o);
            case Clamp o -> clamp(o);
            case Residuals o -> residuals(o);
            case MatMul.LinearGradient o -> throw notForward(o);
            case Norm.Gradient o -> throw notForward(o);
            case NormLinear.Gradient o -> throw notForward(o);
            case Activation.Gradient o -> throw notForward(o);
            case Gather.Gradient o -> throw notForward(o);
            case AddRows.Gradient o -> throw notForward(o);
            case Attention.Gradient o -> throw notForward(o);
            case Attention.LayerGradient o -> throw notForward(o);
            case ResidualLayers o -> o.parts().forEach(this::forward);
            case ResidualLayers.Gradient o -> throw notForward(o);
            case EmbedValues.Gradient o -> throw notForward(o);
            case ProjectValues.Gradient o -> throw notForward(o);
            case BlockSoftmax.Gradient o -> throw notForward(o);
            case Loss.Gradient o -> throw notForward(o);
            case SquaredNorm o -> throw notForward(o);
            case Adam o -> throw notForward(o);
            case Muon o -> throw notForward(o);
            case MovingAverage o -> throw notForward(o);
        }
    }

    private static IllegalArgumentException notForward(Op op) {
        return new IllegalArgumentException("not a forward op: " + op);
    }

    private double[] output(Slot slot) {
        double[] out = new double[Math.toIntExact(slot.shape().size(sizes))];
        values.put(slot, out);
        return out;
    }

    private int dim(Slot slot, int axis) {
        List<Dim> dims = slot.shape().dims();
        return sizes.of(dims.get(axis));
    }

    private double optional(Slot slot, int index) {
        return slot.present() ? values.get(slot)[index] : 0;
    }

    private void matMul(MatMul o) {
        int rows = o.out().shape().rows(sizes);
        int columns = o.out().shape().columns(sizes);
        int aColumns = o.a().shape().columns(sizes);
        int bColumns = o.b().shape().columns(sizes);
        int inner = o.transposeA() ? o.a().shape().rows(sizes) : aColumns;
        double[] a = values.get(o.a());
        double[] b = values.get(o.b());
        double[] out = output(o.out());
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                double sum = optional(o.bias(), j) + optional(o.add(), i * columns + j);
                for (int k = 0; k < inner; k++) {
                    double left = o.transposeA() ? a[k * aColumns + i] : a[i * aColumns + k];
                    double right = o.transposeB() ? b[j * bColumns + k] : b[k * bColumns + j];
                    sum += left * right;
                }
                out[i * columns + j] = sum;
            }
        }
    }

    private static double activation(Activation.Function function, double x) {
        return switch (function) {
            case SILU -> x / (1 + Math.exp(-x));
            case RELU -> Math.max(x, 0);
            case LEAKY_RELU -> x > 0 ? x : 0.01 * x;
        };
    }

    private void groupNorm(GroupNorm o) {
        int batch = dim(o.x(), 0);
        int nodes = dim(o.x(), 1);
        int channels = dim(o.x(), 2);
        double[] x = values.get(o.x());
        double[] sum = new double[batch * o.groups()];
        double[] squares = new double[batch * o.groups()];
        double count = (double) nodes * channels / o.groups();
        for (int i = 0; i < x.length; i++) {
            sum[group(i, nodes, channels, o.groups())] += x[i] / count;
        }
        for (int i = 0; i < x.length; i++) {
            int group = group(i, nodes, channels, o.groups());
            squares[group] += Math.pow(x[i] - sum[group], 2) / count;
        }
        double[] statistics = output(o.statistics());
        for (int g = 0; g < sum.length; g++) {
            statistics[2 * g] = sum[g];
            statistics[2 * g + 1] = 1 / Math.sqrt(squares[g] + o.epsilon());
        }
        double[] out = output(o.out());
        for (int i = 0; i < x.length; i++) {
            int group = group(i, nodes, channels, o.groups());
            double y = (x[i] - sum[group]) * statistics[2 * group + 1];
            y = y * values.get(o.gamma())[i % channels] + values.get(o.beta())[i % channels];
            out[i] = o.silu() ? activation(Activation.Function.SILU, y) : y;
        }
    }

    private void layerNorm(LayerNorm o) {
        double[] x = values.get(o.x());
        double[] out = output(o.out());
        int channels = dim(o.x(), 2);
        for (int first = 0; first < x.length; first += channels) {
            double[] row = Arrays.copyOfRange(x, first, first + channels);
            double mean = Arrays.stream(row).average().orElseThrow();
            double variance = Arrays.stream(row).map(v -> v * v).average().orElseThrow();
            variance -= mean * mean;
            for (int c = 0; c < channels; c++) {
                double y = (row[c] - mean) / Math.sqrt(variance + o.epsilon());
                y = y * values.get(o.gamma())[c] + values.get(o.beta())[c];
                out[first + c] = o.silu() ? activation(Activation.Function.SILU, y) : y;
            }
        }
    }

    private static int group(int index, int nodes, int channels, int groups) {
        int example = index / (nodes * channels);
        return example * groups + index % channels / (channels / groups);
    }

    private void gather(Gather o) {
        int channels = o.out().shape().columns(sizes);
        double[] out = output(o.out());
        for (int i = 0; i < out.length; i++) {
            int row = ints.get(o.segments().index())[i / channels];
            out[i] = values.get(o.table())[row * channels + i % channels] + optional(o.add(), i);
        }
    }

    private void addRows(AddRows o) {
        int nodes = dim(o.x(), 1);
        int channels = dim(o.x(), 2);
        double[] out = output(o.out());
        for (int i = 0; i < out.length; i++) {
            int example = i / channels / nodes;
            int row = ints.get(o.segments().index())[i / channels % nodes];
            out[i] =
                    values.get(o.x())[i]
                            + values.get(o.example())[example * channels + i % channels]
                            + values.get(o.table())[row * channels + i % channels];
        }
    }

    private void attention(Attention o) {
        int batch = dim(o.qkv(), 0);
        int nodes = dim(o.qkv(), 1);
        int channels = dim(o.out(), 2);
        int width = channels / o.heads();
        double[] qkv = values.get(o.qkv());
        double[] out = output(o.out());
        double[] logSumExp = output(o.logSumExp());
        for (int b = 0; b < batch; b++) {
            for (int i = 0; i < nodes; i++) {
                int[] neighbours = neighbours(o, i, nodes);
                for (int h = 0; h < o.heads(); h++) {
                    double[] scores = new double[neighbours.length];
                    double total = 0;
                    for (int e = 0; e < scores.length; e++) {
                        for (int d = h * width; d < (h + 1) * width; d++) {
                            double q = qkv[(b * nodes + i) * 3 * channels + d];
                            int key = (b * nodes + neighbours[e]) * 3 * channels + channels;
                            scores[e] += o.scale() * q * qkv[key + d];
                        }
                        total += Math.exp(scores[e]);
                    }
                    logSumExp[(b * nodes + i) * o.heads() + h] = Math.log(total);
                    for (int e = 0; e < scores.length; e++) {
                        int value = (b * nodes + neighbours[e]) * 3 * channels + 2 * channels;
                        for (int d = h * width; d < (h + 1) * width; d++) {
                            out[(b * nodes + i) * channels + d] +=
                                    Math.exp(scores[e]) / total * qkv[value + d];
                        }
                    }
                }
            }
        }
    }

    private int[] neighbours(Attention o, int node, int nodes) {
        if (o.neighbours() == Attention.Neighbours.DENSE) {
            return IntStream.range(0, nodes).toArray();
        }
        int[] pointers = ints.get(o.pattern().pointers());
        return Arrays.copyOfRange(
                ints.get(o.pattern().columns()), pointers[node], pointers[node + 1]);
    }

    /** What happens to each node: the place of its kind, its first value within an example. */
    private interface NodeAction {
        void accept(int kind, int node, int value);
    }

    private void forEachNode(List<NodeKind> kinds, NodeAction action) {
        int node = 0;
        int value = 0;
        for (int kind = 0; kind < kinds.size(); kind++) {
            for (int i = 0; i < sizes.of(kinds.get(kind).nodes()); i++) {
                action.accept(kind, node, value);
                node++;
                value += kinds.get(kind).options();
            }
        }
    }

    private int arrayOf(Slot bounds, int value) {
        int array = 0;
        while (value >= ints.get(bounds)[array + 1]) {
            array++;
        }
        return array;
    }

    private void embed(EmbedValues o) {
        int nodes = dim(o.out(), 1);
        int channels = dim(o.out(), 2);
        int width = dim(o.values(), 1);
        double[] out = output(o.out());
        for (int b = 0; b < dim(o.out(), 0); b++) {
            int example = b;
            forEachNode(
                    Projection.kinds(o.projections()),
                    (which, node, value) -> {
                        Projection projection = o.projections().get(which);
                        int options = projection.kind().options();
                        int row = example * nodes + node;
                        for (int c = 0; c < channels; c++) {
                            double sum = values.get(projection.bias())[c];
                            sum +=
                                    values.get(o.observed())[row]
                                            * values.get(o.observedEmbedding())[c];
                            for (int k = 0; k < options; k++) {
                                sum +=
                                        values.get(projection.weight())[c * options + k]
                                                * values.get(o.values())[
                                                        example * width + value + k];
                            }
                            out[row * channels + c] = sum;
                        }
                    });
        }
    }

    private void project(ProjectValues o) {
        int nodes = dim(o.x(), 1);
        int channels = dim(o.x(), 2);
        int width = dim(o.out(), 1);
        double[] x = values.get(o.x());
        double[] out = output(o.out());
        for (int b = 0; b < dim(o.x(), 0); b++) {
            int example = b;
            forEachNode(
                    Projection.kinds(o.projections()),
                    (which, node, value) -> {
                        Projection projection = o.projections().get(which);
                        for (int k = 0; k < projection.kind().options(); k++) {
                            double sum = values.get(projection.bias())[k];
                            for (int c = 0; c < channels; c++) {
                                sum +=
                                        values.get(projection.weight())[k * channels + c]
                                                * x[(example * nodes + node) * channels + c];
                            }
                            out[example * width + value + k] = sum;
                        }
                    });
        }
    }

    private void softmax(BlockSoftmax o) {
        int width = dim(o.x(), 1);
        double[] x = values.get(o.x());
        double[] out = output(o.out());
        for (int b = 0; b < dim(o.x(), 0); b++) {
            int example = b;
            int start = b * width;
            forEachNode(
                    o.kinds(),
                    (kind, node, value) -> {
                        int options = o.kinds().get(kind).options();
                        double[] weights = new double[options];
                        for (int k = 0; k < options; k++) {
                            int at = start + value + k;
                            weights[k] = Math.exp(x[at]) * likelihood(o, example, at);
                        }
                        double total = Arrays.stream(weights).sum();
                        for (int k = 0; k < options; k++) {
                            int at = start + value + k;
                            out[at] = options == 1 ? x[at] : weights[k] / total;
                        }
                    });
        }
    }

    /** Of a noised one-hot value, were the option it is of the true one; up to a factor. */
    private double likelihood(BlockSoftmax o, int example, int at) {
        if (!o.noised().present()) {
            return 1;
        }
        double level = values.get(o.levels())[2 * example];
        double signal = values.get(o.levels())[2 * example + 1];
        double z = values.get(o.noised())[at];
        // Of the other options the same value would be noise alone.
        return Math.exp((z * z - Math.pow(z - signal, 2)) / (2 * level * level));
    }

    private void loss(Loss o) {
        int width = dim(o.prediction(), 1);
        int nodes = dim(o.observed(), 1);
        double[] out = output(o.out());
        double[] errors = output(o.errors());
        for (int b = 0; b < dim(o.prediction(), 0); b++) {
            int example = b;
            forEachNode(
                    o.kinds(),
                    (kind, node, value) -> {
                        if (values.get(o.observed())[example * nodes + node] != 0) {
                            return;
                        }
                        int array = arrayOf(o.bounds(), value);
                        int options = o.kinds().get(kind).options();
                        double weight =
                                values.get(o.arrayWeights())[array]
                                        * values.get(o.exampleWeights())[
                                                2 * example + (options > 1 ? 1 : 0)];
                        for (int k = 0; k < options; k++) {
                            int at = example * width + value + k;
                            double p = values.get(o.prediction())[at];
                            double t = values.get(o.target())[at];
                            double error =
                                    switch (o.criteria().get(kind)) {
                                        case SQUARED_ERROR -> (p - t) * (p - t);
                                        case CROSS_ENTROPY -> -t * Math.log(Math.max(p, 1e-12));
                                    };
                            out[array] += weight * error;
                            errors[example * out.length + array] += error;
                        }
                    });
        }
    }

    private void standardise(Standardise o) {
        int width = dim(o.values(), 1);
        double[] scales = values.get(o.scales());
        double[] out = output(o.out());
        for (int i = 0; i < out.length; i++) {
            int array = arrayOf(o.bounds(), i % width);
            out[i] = (values.get(o.values())[i] - scales[2 * array]) * scales[2 * array + 1];
        }
    }

    private void normals(Normals o) {
        int width = dim(o.out(), 1);
        int[] keys = ints.get(o.keys());
        double[] out = output(o.out());
        for (int b = 0; b < dim(o.out(), 0); b++) {
            int example = b;
            long key = (keys[2 * b] & 0xFFFFFFFFL) + ((long) keys[2 * b + 1] << 32);
            forEachNode(
                    o.kinds(),
                    (kind, node, value) -> {
                        long ofArray = RandomStream.fork(key, arrayOf(o.bounds(), value));
                        int options = o.kinds().get(kind).options();
                        for (int k = 0; k < options; k++) {
                            long index = (long) ints.get(o.index())[node] * options + k;
                            out[example * width + value + k] = RandomStream.normal(ofArray, index);
                        }
                    });
        }
    }

    private void blend(Blend o) {
        int width = dim(o.out(), 1);
        int operands = o.operands().size();
        double[] out = output(o.out());
        for (int i = 0; i < out.length; i++) {
            for (int k = 0; k < operands; k++) {
                double coefficient = values.get(o.coefficients())[i / width * operands + k];
                out[i] += coefficient * values.get(o.operands().get(k))[i];
            }
        }
        if (!o.held().present()) {
            return;
        }
        for (int b = 0; b < dim(o.out(), 0); b++) {
            int example = b;
            forEachNode(
                    o.kinds(),
                    (kind, node, value) -> {
                        int options = o.kinds().get(kind).options();
                        boolean observed =
                                o.observed().present()
                                        && values.get(o.observed())[
                                                        example * dim(o.observed(), 1) + node]
                                                != 0;
                        if (observed || o.discreteHeld() && options > 1) {
                            for (int k = 0; k < options; k++) {
                                int at = example * width + value + k;
                                out[at] = values.get(o.held())[at];
                            }
                        }
                    });
        }
    }

    private void clamp(Clamp o) {
        int width = dim(o.x(), 1);
        double[] out = values.get(o.x()).clone();
        values.put(o.out(), out);
        for (int b = 0; b < dim(o.x(), 0); b++) {
            int at = b * width;
            forEachNode(
                    o.kinds(),
                    (kind, node, value) -> {
                        if (o.kinds().get(kind).options() == 1) {
                            out[at + value] =
                                    Math.max(-o.limit(), Math.min(o.limit(), out[at + value]));
                        }
                    });
        }
    }

    private void residuals(Residuals o) {
        output(o.out());
        output(o.estimates());
        output(o.results());
        output(o.derivatives());
        for (int b = 0; b < dim(o.values(), 0); b++) {
            int example = b;
            forEachNode(o.kinds(), (kind, node, value) -> estimate(o, example, kind, node, value));
            forEachNode(o.kinds(), (_, node, value) -> evaluate(o, example, node, value));
            forEachNode(o.kinds(), (_, node, value) -> ask(o, example, node, value));
        }
    }

    private void estimate(Residuals o, int example, int kind, int node, int value) {
        double[] x = values.get(o.values());
        double level = values.get(o.levels())[2 * example];
        double signal = values.get(o.levels())[2 * example + 1];
        int to = example * dim(o.observed(), 1) + node;
        boolean known = values.get(o.observed())[to] != 0;
        int at = example * dim(o.values(), 1) + value;
        int options = o.kinds().get(kind).options();
        double scaled = known ? x[at] : signal * x[at];
        if (options > 1) {
            double sum = 0;
            double total = 0;
            for (int k = 0; k < options; k++) {
                double weight = known ? x[at + k] : Math.exp(signal * x[at + k] / level / level);
                sum += k * weight;
                total += weight;
            }
            scaled = known ? sum : sum / total;
        }
        int array = arrayOf(o.bounds(), value);
        double[] scales = values.get(o.scales());
        values.get(o.estimates())[to] = scales[2 * array] + scaled / scales[2 * array + 1];
    }

    private void evaluate(Residuals o, int example, int node, int value) {
        int[] pointers = ints.get(o.definitions().pointers());
        int first = pointers[node];
        int last = pointers[node + 1] - 1;
        if (first > last) {
            return;
        }
        int tape = example * dim(o.results(), 1);
        int array = arrayOf(o.bounds(), value);
        double mean = values.get(o.scales())[2 * array];
        double factor = values.get(o.scales())[2 * array + 1];
        int row = example * dim(o.observed(), 1) + node;
        double result = evaluate(o, example, tape, first, last);
        double residual = (values.get(o.estimates())[row] - result) * factor;
        derive(o, tape, first, last, factor);
        for (int t = first; t <= last; t++) {
            if (ints.get(o.definitions().codes())[t] == Code.READ.ordinal()) {
                values.get(o.results())[tape + t] = residual;
            }
        }
        int at = row * dim(o.out(), 2) + 3 * array;
        values.get(o.out())[at] = bounded(residual);
        values.get(o.out())[at + 2] = bounded((result - mean) * factor);
    }

    /** What an instruction gives. */
    private double evaluate(Residuals o, int example, int tape, int first, int t) {
        Definitions definitions = o.definitions();
        Code code = Code.values()[ints.get(definitions.codes())[t]];
        int operand = ints.get(definitions.operands())[t];
        boolean leaf = code == Code.READ || code == Code.CONSTANT;
        double x = leaf ? 0 : evaluate(o, example, tape, first, t - 1);
        boolean two = code.compareTo(Code.EXP) > 0;
        double left = two ? evaluate(o, example, tape, first, first + operand) : 0;
        double result =
                switch (code) {
                    case READ ->
                            values.get(o.estimates())[example * dim(o.observed(), 1) + operand];
                    case CONSTANT -> values.get(definitions.constants())[t];
                    case RELU -> x > 0 ? x : 0;
                    case TANH -> Math.tanh(x);
                    case EXP -> Math.exp(x);
                    case PLUS -> left + x;
                    case MINUS -> left - x;
                    case TIMES -> left * x;
                    case MAX -> x > left ? x : left;
                };
        values.get(o.results())[tape + t] = result;
        return result;
    }

    /** Where an instruction's result moves by one, the definition's moves by {@code by}. */
    private void derive(Residuals o, int tape, int first, int t, double by) {
        values.get(o.derivatives())[tape + t] = by;
        Code code = Code.values()[ints.get(o.definitions().codes())[t]];
        int left = first + ints.get(o.definitions().operands())[t];
        double[] results = values.get(o.results());
        double y = results[tape + t];
        double x = t > first ? results[tape + t - 1] : 0;
        switch (code) {
            case READ, CONSTANT -> {}
            case RELU -> derive(o, tape, first, t - 1, x > 0 ? by : 0);
            case TANH -> derive(o, tape, first, t - 1, by * (1 - y * y));
            case EXP -> derive(o, tape, first, t - 1, by * y);
            case PLUS, MINUS -> {
                derive(o, tape, first, left, by);
                derive(o, tape, first, t - 1, code == Code.PLUS ? by : -by);
            }
            case TIMES -> {
                derive(o, tape, first, left, by * x);
                derive(o, tape, first, t - 1, by * results[tape + left]);
            }
            case MAX -> {
                boolean other = x > results[tape + left];
                derive(o, tape, first, left, other ? 0 : by);
                derive(o, tape, first, t - 1, other ? by : 0);
            }
        }
    }

    private void ask(Residuals o, int example, int node, int value) {
        int array = arrayOf(o.bounds(), value);
        int[] pointers = ints.get(o.definitions().readPointers());
        double factor = values.get(o.scales())[2 * array + 1];
        double pull = 0;
        double curvature = 0;
        for (int i = pointers[node]; i < pointers[node + 1]; i++) {
            int read = example * dim(o.results(), 1) + ints.get(o.definitions().reads())[i];
            double derivative = values.get(o.derivatives())[read] / factor;
            pull += values.get(o.results())[read] * derivative;
            curvature += derivative * derivative;
        }
        int row = example * dim(o.observed(), 1) + node;
        values.get(o.out())[row * dim(o.out(), 2) + 3 * array + 1] =
                bounded(pull / (1 + curvature));
    }

    private static double bounded(double x) {
        return x / Math.hypot(1, x / 8);
    }

    /** The same numbers as doubles. */
    static Map<Slot, double[]> widen(Map<Slot, float[]> floats) {
        Map<Slot, double[]> wide = new HashMap<>();
        floats.forEach((slot, narrow) -> {
            double[] copy = new double[narrow.length];
            for (int i = 0; i < copy.length; i++) {
                copy[i] = narrow[i];
            }
            wide.put(slot, copy);
        });
        return wide;
    }
}
