package gsdm.graph.subgraph;

import gsdm.tensor.random.RandomStream;

import java.util.Arrays;

/** Random choices that a key stands for. */
final class Choices {
    private Choices() {}

    /** {@code count} of the numbers below {@code bound}, ascending, every set equally likely. */
    static int[] some(long key, int count, int bound) {
        int[] chosen = first(key, count, bound);
        Arrays.sort(chosen);
        return chosen;
    }

    /** The numbers below {@code bound} in random order. */
    static int[] shuffled(long key, int bound) {
        return first(key, bound, bound);
    }

    private static int[] first(long key, int count, int bound) {
        int[] numbers = new int[bound];
        Arrays.setAll(numbers, i -> i);
        shuffle(key, numbers, 0, count, bound);
        return Arrays.copyOf(numbers, count);
    }

    /** Brings a random choice of the numbers [first, end) to [first, chosen), in random order. */
    static void shuffle(long key, int[] numbers, int first, int chosen, int end) {
        for (int i = first; i < chosen; i++) {
            int other = i + RandomStream.below(key, i, end - i);
            int number = numbers[other];
            numbers[other] = numbers[i];
            numbers[i] = number;
        }
    }
}
