package gsdm.graph.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A distribution over what is observed: one of some alternatives, each equally likely, each saying
 * with what probability an array, or each element of it, is observed. As text:
 *
 * <ul>
 *   <li>{@code E} always observes array E; {@code A, E} observes both; {@code none} nothing;
 *   <li>{@code A?0.3} observes the whole of A with probability 0.3;
 *   <li>{@code A:0.3} observes each element of A with probability 0.3;
 *   <li>{@code *:0.3} says so of every array; a later term overrides an earlier one;
 *   <li>{@code E | A, E | none} picks one of three alternatives.
 * </ul>
 */
public record Conditioning(List<Alternative> alternatives) {
    private static final String EVERY = "*";
    private static final String NOTHING = "none";

    /** One way to observe: its terms in order, the last that names an array deciding. */
    public record Alternative(List<Term> terms) {
        public Alternative {
            terms = List.copyOf(terms);
        }

        /** The probability of observing an array, and in what pieces. */
        Term of(String array) {
            return terms.reversed().stream()
                    .filter(term -> term.array.equals(array) || term.array.equals(EVERY))
                    .findFirst()
                    .orElse(new Term(array, 0, false));
        }

        /** Whether all of an array is observed whenever this is the alternative. */
        public boolean always(String array) {
            return of(array).probability() == 1;
        }

        @Override
        public String toString() {
            return terms.isEmpty()
                    ? NOTHING
                    : terms.stream().map(Term::toString).collect(Collectors.joining(", "));
        }
    }

    /**
     * One array's part.
     *
     * @param array its name, or {@code *} for every array
     * @param byElement whether each element is observed independently, or all or none of them
     */
    public record Term(String array, double probability, boolean byElement) {
        public Term {
            Objects.requireNonNull(array, "array");
            if (!(probability >= 0 && probability <= 1)) {
                throw new ModelException(
                        "expected a probability between 0 and 1 of observing '%s', found %s"
                                .formatted(array, probability));
            }
        }

        @Override
        public String toString() {
            return probability == 1 ? array : array + (byElement ? ":" : "?") + probability;
        }
    }

    public Conditioning {
        alternatives = List.copyOf(alternatives);
        if (alternatives.isEmpty()) {
            throw new ModelException("a conditioning needs at least one alternative");
        }
    }

    /** Always observes exactly these arrays. */
    public static Conditioning fixed(String... arrays) {
        return of(Stream.of(arrays).map(array -> new Term(array, 1, false)).toList());
    }

    /** Observes each whole array with probability {@code p}, independently. */
    public static Conditioning randomArrays(double p) {
        return of(List.of(new Term(EVERY, p, false)));
    }

    /** Observes each element of every array with probability {@code p}, independently. */
    public static Conditioning randomElements(double p) {
        return of(List.of(new Term(EVERY, p, true)));
    }

    /** Picks one of some conditionings; their alternatives are equally likely. */
    public static Conditioning oneOf(Conditioning... choices) {
        return new Conditioning(
                Stream.of(choices).flatMap(choice -> choice.alternatives.stream()).toList());
    }

    /**
     * Reads the text form.
     *
     * @throws ModelException if it is not of that form
     */
    public static Conditioning parse(String text) {
        List<Alternative> alternatives = new ArrayList<>();
        for (String alternative : text.split("\\|", -1)) {
            List<Term> terms = new ArrayList<>();
            if (!alternative.strip().equals(NOTHING)) {
                for (String term : alternative.split(",", -1)) {
                    terms.add(parseTerm(term.strip(), text));
                }
            }
            alternatives.add(new Alternative(terms));
        }
        return new Conditioning(alternatives);
    }

    private static Term parseTerm(String term, String text) {
        int mark = Math.max(term.indexOf(':'), term.indexOf('?'));
        String name = mark < 0 ? term : term.substring(0, mark).strip();
        if (!name.matches("\\*|[A-Za-z][A-Za-z0-9_]*")) {
            throw new ModelException(
                    ("expected arrays to observe, as in 'E', 'A, E | none', 'A?0.5' or '*:0.3',"
                                    + " found '%s' in '%s'")
                            .formatted(term, text));
        }
        if (mark < 0) {
            return new Term(name, 1, false);
        }
        try {
            double probability = Double.parseDouble(term.substring(mark + 1).strip());
            return new Term(name, probability, term.charAt(mark) == ':');
        } catch (NumberFormatException _) {
            throw new ModelException(
                    "expected a probability after '%s' in '%s', found '%s'"
                            .formatted(
                                    term.substring(0, mark + 1), text, term.substring(mark + 1)));
        }
    }

    private static Conditioning of(List<Term> terms) {
        return new Conditioning(List.of(new Alternative(terms)));
    }

    /**
     * A sampler of what is observed of a model's nodes, for any number of threads.
     *
     * @throws ModelException if the model has no array of a name used here
     */
    public ObservationSampler sampler(GraphicalModel model) {
        for (Alternative alternative : alternatives) {
            for (Term term : alternative.terms) {
                if (!term.array.equals(EVERY)) {
                    model.variable(term.array);
                }
            }
        }
        return new ObservationSampler(this, model);
    }

    /**
     * Whether there never is anything to infer: all of a model is observed.
     *
     * @param folding whether nodes whose value follows count as observed: in a model of which
     *     nothing was dropped, all that are functions of others do
     */
    public boolean leavesNothing(GraphicalModel model, boolean folding) {
        boolean follows = folding && model.whole();
        return alternatives.stream()
                .allMatch(alternative ->
                        model.variables().stream()
                                .filter(variable ->
                                        !(follows && variable.origin() instanceof Origin.Derived))
                                .allMatch(variable -> alternative.always(variable.name())));
    }

    /**
     * Whether this ever observes just that: all of the arrays {@code whole}, some but not all
     * elements of the arrays {@code partly}, and nothing of the others.
     */
    public boolean covers(GraphicalModel model, Set<String> whole, Set<String> partly) {
        Set<String> named = new LinkedHashSet<>(whole);
        named.addAll(partly);
        named.forEach(model::variable);
        return alternatives.stream()
                .anyMatch(alternative ->
                        model.variables().stream()
                                .map(Variable::name)
                                .allMatch(name ->
                                        possible(
                                                alternative.of(name),
                                                whole.contains(name),
                                                partly.contains(name))));
    }

    private static boolean possible(Term term, boolean whole, boolean partly) {
        if (partly) {
            return term.byElement && term.probability > 0 && term.probability < 1;
        }
        return whole ? term.probability > 0 : term.probability < 1;
    }

    /** The text form. */
    @Override
    public String toString() {
        return alternatives.stream().map(Alternative::toString).collect(Collectors.joining(" | "));
    }
}
