package gsdm.graph.problem;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A stack of layers. As text, layers are separated by semicolons:
 *
 * <ul>
 *   <li>{@code conv 4 3x3 stride 2 bias relu}: 4 channels, kernel 3 x 3; stride (1), bias and relu
 *       may be left out;
 *   <li>{@code maxpool 2};
 *   <li>{@code linear 10 bias relu}: 10 units; bias and relu may be left out;
 *   <li>{@code relu}: after conv or linear the same as their own.
 * </ul>
 */
public record NetworkSpec(List<Layer> layers) {
    private static final Pattern KERNEL = Pattern.compile("(\\d+)x(\\d+)");

    public NetworkSpec {
        layers = List.copyOf(layers);
        if (layers.isEmpty()) {
            throw new ProblemException("problem.layers: expected at least one layer, found none");
        }
    }

    /**
     * Reads the text form.
     *
     * @throws ProblemException if it is not of that form
     */
    public static NetworkSpec parse(String text) {
        List<Layer> layers = new ArrayList<>();
        for (String part : text.split(";", -1)) {
            String layer = part.strip();
            if (layer.isEmpty()) {
                throw new ProblemException(
                        "problem.layers: expected layers separated by ';', found an empty one in"
                                + " '%s'".formatted(text));
            }
            Layer parsed = new LayerParser(layer).parse();
            if (parsed instanceof Layer.Relu && !layers.isEmpty()) {
                layers.addAll(activated(layers.removeLast()));
            } else {
                layers.add(parsed);
            }
        }
        return new NetworkSpec(layers);
    }

    /** The sizes of the input and after each layer. */
    public List<FeatureShape> shapes(FeatureShape input) {
        List<FeatureShape> shapes = new ArrayList<>(List.of(input));
        for (Layer layer : layers) {
            shapes.add(shapes.getLast().after(layer));
        }
        return shapes;
    }

    private static List<Layer> activated(Layer layer) {
        return switch (layer) {
            case Layer.Conv c ->
                    List.of(new Layer.Conv(c.channels(), c.kernel(), c.stride(), c.bias(), true));
            case Layer.Linear l -> List.of(new Layer.Linear(l.units(), l.bias(), true));
            case Layer.MaxPool _, Layer.Relu _ -> List.of(layer, new Layer.Relu());
        };
    }

    /** The text form. */
    @Override
    public String toString() {
        return layers.stream().map(NetworkSpec::text).collect(Collectors.joining("; "));
    }

    static String text(Layer layer) {
        return switch (layer) {
            case Layer.Conv conv ->
                    "conv "
                            + conv.channels()
                            + " "
                            + conv.kernel()
                            + "x"
                            + conv.kernel()
                            + (conv.stride() == 1 ? "" : " stride " + conv.stride())
                            + (conv.bias() ? " bias" : "")
                            + (conv.relu() ? " relu" : "");
            case Layer.MaxPool pool -> "maxpool " + pool.size();
            case Layer.Relu _ -> "relu";
            case Layer.Linear linear ->
                    "linear "
                            + linear.units()
                            + (linear.bias() ? " bias" : "")
                            + (linear.relu() ? " relu" : "");
        };
    }

    /** Takes the words of one layer from left to right. */
    private static final class LayerParser {
        private final String text;
        private final Deque<String> words;

        LayerParser(String text) {
            this.text = text;
            this.words = new ArrayDeque<>(Arrays.asList(text.split("\\s+")));
        }

        Layer parse() {
            String kind = words.remove();
            Layer layer =
                    switch (kind) {
                        case "conv" ->
                                new Layer.Conv(
                                        number("channels"),
                                        kernel(),
                                        take("stride") ? number("stride") : 1,
                                        take("bias"),
                                        take("relu"));
                        case "maxpool" -> new Layer.MaxPool(number("size"));
                        case "linear" ->
                                new Layer.Linear(number("units"), take("bias"), take("relu"));
                        case "relu" -> new Layer.Relu();
                        default ->
                                throw wrong(
                                        "one of conv, maxpool, linear and relu", "'" + kind + "'");
                    };
            if (!words.isEmpty()) {
                throw wrong("nothing more", "'" + String.join(" ", words) + "'");
            }
            return layer;
        }

        private boolean take(String word) {
            if (!word.equals(words.peek())) {
                return false;
            }
            words.remove();
            return true;
        }

        private int number(String what) {
            String word = next(what);
            if (!word.matches("[1-9]\\d{0,5}")) {
                throw wrong("a positive number of " + what, "'" + word + "'");
            }
            return Integer.parseInt(word);
        }

        private int kernel() {
            String word = next("a kernel such as 3x3");
            var sizes = KERNEL.matcher(word);
            if (!sizes.matches()
                    || !sizes.group(1).equals(sizes.group(2))
                    || !sizes.group(1).matches("[1-9]\\d{0,3}")) {
                throw wrong("a square kernel such as 3x3", "'" + word + "'");
            }
            return Integer.parseInt(sizes.group(1));
        }

        private String next(String what) {
            if (words.isEmpty()) {
                throw wrong(what, "the end");
            }
            return words.remove();
        }

        private ProblemException wrong(String expected, String found) {
            return new ProblemException(
                    "problem.layers: in '%s' expected %s, found %s"
                            .formatted(text, expected, found));
        }
    }
}
