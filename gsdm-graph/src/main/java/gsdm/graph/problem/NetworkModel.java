package gsdm.graph.problem;

import gsdm.graph.model.Array;
import gsdm.graph.model.Expr;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Index;
import gsdm.graph.model.ModelBuilder;
import gsdm.graph.model.Plate;
import gsdm.graph.model.Source;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The generative program of a network with random weights, every product a node. Layer l has
 * weights {@code Wl [o, c, ky, kx]} and biases {@code bl [o]}, uniform within one over the square
 * root of the fan-in (PyTorch's default), products {@code Pl [n, o, y, x, c, ky, kx]} and sums
 * {@code Sl [n, o, y, x]}; pooling gives {@code Ml}, a ReLU of its own {@code Zl}. The input is
 * {@code x}, what the last layer computes is {@code y}. Axes of size 1 are left out.
 */
final class NetworkModel {
    private final ModelBuilder m;
    private final Plate passes;

    /** The axes of values between two layers; one of size 1 has no plate. */
    private record Axes(Optional<Plate> channel, Optional<Plate> y, Optional<Plate> x) {}

    private record Features(Array array, Axes axes) {}

    private NetworkModel(ModelBuilder m, int passes) {
        this.m = m;
        this.passes = m.plate("n", passes);
    }

    static GraphicalModel of(NetworkSpec spec, FeatureShape input, int passes, Source images) {
        return GraphicalModel.define(m -> new NetworkModel(m, passes).stack(spec, input, images));
    }

    private void stack(NetworkSpec spec, FeatureShape input, Source images) {
        List<FeatureShape> shapes = spec.shapes(input);
        Axes axes = axes(0, input);
        Features features = new Features(m.data("x", images, withPasses(axes)), axes);
        for (int l = 1; l < shapes.size(); l++) {
            boolean last = l == shapes.size() - 1;
            features = layer(spec.layers().get(l - 1), l, features, shapes, last);
        }
    }

    private Features layer(
            Layer layer, int l, Features in, List<FeatureShape> shapes, boolean last) {
        FeatureShape from = shapes.get(l - 1);
        FeatureShape to = shapes.get(l);
        return switch (layer) {
            case Layer.Conv conv -> {
                Axes out = axes(l, to);
                Optional<Plate> ky = plate("ky" + l, conv.kernel(), true);
                Optional<Plate> kx = plate("kx" + l, conv.kernel(), true);
                Index y = window(out.y, conv.stride(), ky);
                Index x = window(out.x, conv.stride(), kx);
                Weighted weighted = new Weighted(l, from.fanIn(layer), conv.bias(), conv.relu());
                Plate[] summed = plates(List.of(in.axes.channel, ky, kx));
                yield weighted.apply(read(in, in.axes.channel, y, x), out, summed, last);
            }
            case Layer.Linear linear -> {
                Axes out = axes(l, to);
                Weighted weighted =
                        new Weighted(l, from.fanIn(layer), linear.bias(), linear.relu());
                Plate[] summed = plates(List.of(in.axes.channel, in.axes.y, in.axes.x));
                yield weighted.apply(in.array.here(), out, summed, last);
            }
            case Layer.MaxPool pool -> {
                Axes spatial = axes(l, new FeatureShape(1, to.height(), to.width()));
                Axes out = new Axes(in.axes.channel, spatial.y, spatial.x);
                Optional<Plate> dy = plate("dy" + l, pool.size(), true);
                Optional<Plate> dx = plate("dx" + l, pool.size(), true);
                Index y = window(out.y, pool.size(), dy);
                Index x = window(out.x, pool.size(), dx);
                Expr block = read(in, in.axes.channel, y, x);
                Plate[] bound = plates(List.of(dy, dx));
                Expr most = bound.length == 0 ? block : block.max(bound);
                yield let(last ? "y" : "M" + l, most, out);
            }
            case Layer.Relu _ -> let(last ? "y" : "Z" + l, in.array.here().relu(), in.axes);
        };
    }

    /** A layer whose outputs are weighted sums. */
    private final class Weighted {
        private final int l;
        private final double bound;
        private final boolean bias;
        private final boolean relu;

        Weighted(int l, int fanIn, boolean bias, boolean relu) {
            this.l = l;
            this.bound = 1 / Math.sqrt(fanIn);
            this.bias = bias;
            this.relu = relu;
        }

        Features apply(Expr input, Axes out, Plate[] summed, boolean last) {
            Array w =
                    m.uniform("W" + l, -bound, bound, joined(plates(List.of(out.channel)), summed));
            Plate[] outputs = withPasses(out);
            Array p = m.let("P" + l, input.times(w.here()), joined(outputs, summed));
            Expr sum = summed.length == 0 ? p.here() : p.here().sum(summed);
            if (bias) {
                Array b = m.uniform("b" + l, -bound, bound, plates(List.of(out.channel)));
                sum = sum.plus(b.here());
            }
            return let(last ? "y" : "S" + l, relu ? sum.relu() : sum, out);
        }
    }

    private Features let(String name, Expr value, Axes axes) {
        return new Features(m.let(name, value, withPasses(axes)), axes);
    }

    private Axes axes(int l, FeatureShape shape) {
        return new Axes(
                plate("c" + l, shape.channels(), false),
                plate("y" + l, shape.height(), true),
                plate("x" + l, shape.width(), true));
    }

    private Optional<Plate> plate(String name, int size, boolean ordered) {
        if (size == 1) {
            return Optional.empty();
        }
        return Optional.of(ordered ? m.ordered(name, size) : m.plate(name, size));
    }

    /** {@code stride * out + tap}, a missing plate standing for its only index, 0. */
    private static Index window(Optional<Plate> out, int stride, Optional<Plate> tap) {
        Index at = Index.constant(0);
        if (out.isPresent()) {
            at = at.plus(out.get().times(stride));
        }
        return tap.isPresent() ? at.plus(tap.get()) : at;
    }

    private Expr read(Features in, Optional<Plate> channel, Index y, Index x) {
        List<Index> indices = new ArrayList<>();
        indices.add(passes);
        channel.ifPresent(indices::add);
        if (in.axes.y.isPresent()) {
            indices.add(y);
        }
        if (in.axes.x.isPresent()) {
            indices.add(x);
        }
        return in.array.at(indices.toArray(new Index[0]));
    }

    /** Those plates that are there. */
    private static Plate[] plates(List<Optional<Plate>> plates) {
        return plates.stream().flatMap(Optional::stream).toArray(Plate[]::new);
    }

    /** The passes and the axes of what each of them computes. */
    private Plate[] withPasses(Axes axes) {
        return joined(new Plate[] {passes}, plates(List.of(axes.channel, axes.y, axes.x)));
    }

    private static Plate[] joined(Plate[] first, Plate[] second) {
        return Stream.concat(Stream.of(first), Stream.of(second)).toArray(Plate[]::new);
    }
}
