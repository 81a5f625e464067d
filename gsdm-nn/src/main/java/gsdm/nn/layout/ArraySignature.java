package gsdm.nn.layout;

import java.util.Objects;

/**
 * What is the same of an array in every layout of a model: all but how many of its nodes there are.
 *
 * @param name what the array is called
 * @param options values of a node: 1 for a continuous one, the number of classes for a discrete one
 * @param mean subtracted from a value before the network sees it; 0 for a discrete array
 * @param std what the difference is divided by; 1 for a discrete array
 */
public record ArraySignature(String name, int options, double mean, double std) {
    public ArraySignature {
        Objects.requireNonNull(name);
        if (options < 1) {
            throw new IllegalArgumentException(
                    "array %s: options must be 1 or more; found %d".formatted(name, options));
        }
        if (!Double.isFinite(mean) || !Double.isFinite(std) || std <= 0) {
            throw new IllegalArgumentException(
                    "array %s: the mean must be finite and the scale positive; found %s and %s"
                            .formatted(name, mean, std));
        }
        if (options > 1 && (mean != 0 || std != 1)) {
            throw new IllegalArgumentException(
                    "array %s is discrete and has no scale; found mean %s, std %s"
                            .formatted(name, mean, std));
        }
    }
}
