package gsdm.graph.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * An affine index {@code constant + sum of factor * plate}: a projection ({@code i}), a window
 * ({@code 2*y + ky}), a shift ({@code t - 1}).
 *
 * @param terms one for each plate, none with factor 0, in the order the plates were declared
 */
public record Affine(List<Term> terms, int constant) implements Index {

    /** One plate's share of an index. */
    public record Term(Plate plate, int factor) {}

    public Affine {
        terms = List.copyOf(terms);
    }

    @Override
    public Affine affine() {
        return this;
    }

    /** Whether this is the index of one plate as it stands, neither scaled nor shifted. */
    boolean plain() {
        return terms.size() == 1 && terms.getFirst().factor == 1 && constant == 0;
    }

    /** The factor of {@code plate}, 0 where the index does not depend on it. */
    int factor(Plate plate) {
        for (Term term : terms) {
            if (term.plate == plate) {
                return term.factor;
            }
        }
        return 0;
    }

    Affine scaled(int factor) {
        List<Term> scaled = new ArrayList<>();
        for (Term term : terms) {
            scaled.add(new Term(term.plate, Math.multiplyExact(term.factor, factor)));
        }
        return normal(scaled, Math.multiplyExact(constant, factor));
    }

    Affine added(Affine other) {
        List<Term> sum = new ArrayList<>();
        for (Term term : terms) {
            sum.add(new Term(term.plate, Math.addExact(term.factor, other.factor(term.plate))));
        }
        for (Term term : other.terms) {
            if (factor(term.plate) == 0) {
                sum.add(term);
            }
        }
        return normal(sum, Math.addExact(constant, other.constant));
    }

    /** The smallest value over all indices of plates of the given sizes. */
    long least(ToIntFunction<Plate> size) {
        return extreme(size, -1);
    }

    /** The largest value over all indices of plates of the given sizes. */
    long greatest(ToIntFunction<Plate> size) {
        return extreme(size, 1);
    }

    private long extreme(ToIntFunction<Plate> size, int sign) {
        long value = constant;
        for (Term term : terms) {
            if (Integer.signum(term.factor) == sign) {
                value += (long) term.factor * (size.applyAsInt(term.plate) - 1);
            }
        }
        return value;
    }

    private static Affine normal(List<Term> terms, int constant) {
        terms.removeIf(term -> term.factor == 0);
        terms.sort(Comparator.comparingInt(term -> term.plate.id()));
        return new Affine(terms, constant);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Term term : terms) {
            append(text, term.factor);
            if (Math.abs((long) term.factor) != 1) {
                text.append(Math.abs((long) term.factor)).append('*');
            }
            text.append(term.plate.name());
        }
        if (constant != 0 || text.isEmpty()) {
            append(text, constant);
            text.append(Math.abs((long) constant));
        }
        return text.toString();
    }

    /** What joins a term of that sign to those before it. */
    private static void append(StringBuilder text, int sign) {
        if (sign < 0) {
            text.append(text.isEmpty() ? "-" : " - ");
        } else if (!text.isEmpty()) {
            text.append(" + ");
        }
    }
}
