package gsdm.graph.problem;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/** The problems that can be found: this module's and any other on the class path. */
public final class Problems {
    private Problems() {}

    /**
     * Every problem, by name.
     *
     * @throws ProblemException if two have one name
     */
    public static List<Problem> all() {
        List<Problem> problems =
                ServiceLoader.load(Problem.class, Problem.class.getClassLoader()).stream()
                        .map(ServiceLoader.Provider::get)
                        .sorted(Comparator.comparing(Problem::name))
                        .toList();
        for (int i = 1; i < problems.size(); i++) {
            Problem one = problems.get(i - 1);
            Problem two = problems.get(i);
            if (one.name().equals(two.name())) {
                throw new ProblemException(
                        "two problems are called '%s': %s and %s; leave one out of the class path"
                                .formatted(
                                        one.name(),
                                        one.getClass().getName(),
                                        two.getClass().getName()));
            }
        }
        return problems;
    }

    /**
     * The problem of that name.
     *
     * @throws ProblemException if there is none
     */
    public static Problem named(String name) {
        List<Problem> problems = all();
        List<String> names = problems.stream().map(Problem::name).toList();
        return problems.stream()
                .filter(problem -> problem.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new ProblemException(
                                "no problem '%s': did you mean '%s'? There are %s"
                                        .formatted(
                                                name,
                                                Names.nearest(name, names).orElse("?"),
                                                names)));
    }
}
