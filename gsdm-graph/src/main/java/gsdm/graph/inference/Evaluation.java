package gsdm.graph.inference;

import gsdm.graph.model.AncestralSampler;
import gsdm.graph.model.ObservationSampler;
import gsdm.graph.problem.Consistency;
import gsdm.graph.problem.ProblemInstance;
import gsdm.graph.problem.Score;
import gsdm.graph.problem.Scoring;
import gsdm.tensor.random.RandomStream;

import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.IntPredicate;

/**
 * Scores a trained model on fresh problems that training never saw: values drawn from the problem's
 * model, observed as training observes, one posterior sample for each, no best-of, no averaging.
 *
 * @param scores the problem's figures by name, then the consistency of each derived array
 * @param truth the values of the problems, [N] each
 * @param estimate the sample of each problem, [N] each
 */
public record Evaluation(
        SequencedMap<String, Score> scores, List<float[]> truth, List<float[]> estimate) {
    /**
     * Draws problems, samples and scores.
     *
     * @param problems how many, 1 or more
     * @param seed of the problems and the samples
     */
    public static Evaluation run(
            Posterior posterior, ProblemInstance instance, int problems, long seed) {
        return run(posterior, instance, problems, seed, _ -> true);
    }

    /**
     * As {@link #run(Posterior, ProblemInstance, int, long)}, of so many problems or the first of
     * them.
     *
     * @param goesOn is told the number of problems sampled, from time to time, and says whether
     *     there are to be more
     */
    public static Evaluation run(
            Posterior posterior,
            ProblemInstance instance,
            int problems,
            long seed,
            IntPredicate goesOn) {
        posterior.requireSame("problems", instance.fresh());
        if (problems < 1) {
            throw new IllegalArgumentException("problems must be 1 or more; found " + problems);
        }
        long key = RandomStream.fork(RandomStream.seed(seed), Keys.EVALUATION);
        long observationKey = RandomStream.fork(key, Keys.OBSERVATIONS);
        long valueKey = RandomStream.fork(key, Keys.VALUES);
        int nodes = instance.fresh().nodeCount();
        AncestralSampler prior = instance.fresh().sampler();
        ObservationSampler observer = posterior.conditioning().sampler(instance.fresh());
        List<float[]> truth = new ArrayList<>();
        for (int i = 0; i < problems; i++) {
            float[] values = new float[nodes];
            prior.draw(RandomStream.fork(valueKey, i), values);
            truth.add(values);
        }
        Posterior.Cases cases =
                (index, example, known, observed) -> {
                    posterior.codec().encode(truth.get(index), known, example);
                    long own = RandomStream.fork(observationKey, index);
                    observer.draw(own, observed, (long) example * nodes);
                };
        Samples samples = posterior.sampleFresh(cases, problems, seed, goesOn);
        long priorKey = RandomStream.fork(key, Keys.METRIC);
        Scoring quality = new Scoring(instance.metric());
        Scoring consistency =
                new Scoring(new Consistency(instance.fresh(), RandomStream.fork(key, Keys.SCALES)));
        List<float[]> estimate = new ArrayList<>();
        float[] draw = new float[nodes];
        for (int i = 0; i < samples.cases(); i++) {
            estimate.add(samples.sample(i, 0));
            prior.draw(RandomStream.fork(priorKey, i), draw);
            quality.add(truth.get(i), estimate.get(i), draw);
            consistency.add(truth.get(i), estimate.get(i), draw);
        }
        SequencedMap<String, Score> scores = quality.scores();
        scores.putAll(consistency.scores());
        return new Evaluation(scores, truth.subList(0, samples.cases()), estimate);
    }

    /** The scores as numbers: after each figure its standard error, as {@code NAME_sem}. */
    public SequencedMap<String, Double> metrics() {
        return Score.numbers(scores);
    }

    @Override
    public String toString() {
        return "Evaluation[%s, %d problems]".formatted(scores, truth.size());
    }
}
