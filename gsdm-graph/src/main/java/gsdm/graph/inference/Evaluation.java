package gsdm.graph.inference;

import gsdm.graph.model.AncestralSampler;
import gsdm.graph.model.ObservationSampler;
import gsdm.graph.problem.Consistency;
import gsdm.graph.problem.ProblemInstance;
import gsdm.graph.problem.Score;
import gsdm.graph.problem.Scoring;
import gsdm.nn.sample.BatchFollower;
import gsdm.tensor.random.RandomStream;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Scores a trained model on fresh problems that training never saw: values drawn from the problem's
 * model, observed as training observes, one posterior sample for each, no best-of, no averaging.
 * Values are kept for a batch at a time.
 *
 * @param scores the problem's figures by name, then the consistency of each derived array
 * @param problems how many were scored
 * @param truth the values of the first problem, [N]
 * @param estimate the sample of the first problem, [N]
 */
@SuppressWarnings("ArrayRecordComponent") // a plain carrier; nobody compares two of them
public record Evaluation(
        SequencedMap<String, Score> scores, int problems, float[] truth, float[] estimate) {
    /** More than writing takes. */
    private static final Duration WRITTEN_EVERY = Duration.ofSeconds(10);

    /** Follows an evaluation. */
    @FunctionalInterface
    public interface Listener {
        /** Is told how many problems have been scored, and says whether there are to be more. */
        boolean scored(int problems);

        /**
         * Is told how far it is, often.
         *
         * @param steps network evaluations done, of a batch of problems each
         * @param of how many there are
         */
        default void stepped(long steps, long of) {}

        /**
         * Is told of each problem that has been sampled.
         *
         * @param truth its values, [N]
         * @param estimate the sample, [N]
         */
        default void sampled(int problem, float[] truth, float[] estimate) {}
    }

    /**
     * Draws problems, samples and scores.
     *
     * @param problems how many, 1 or more
     * @param seed of the problems and the samples
     */
    public static Evaluation run(
            Posterior posterior, ProblemInstance instance, int problems, long seed) {
        return run(posterior, instance, problems, seed, Optional.empty(), _ -> true);
    }

    /**
     * As {@link #run(Posterior, ProblemInstance, int, long)}, of so many problems or the first of
     * them.
     *
     * @param folder where the evaluation keeps what it has done until it ends; one that is run
     *     again there after it was killed goes on, and gives the same
     * @param listener is told how far it is, and may end it
     */
    public static Evaluation run(
            Posterior posterior,
            ProblemInstance instance,
            int problems,
            long seed,
            Optional<Path> folder,
            Listener listener) {
        return run(posterior, instance, problems, seed, folder, WRITTEN_EVERY, listener);
    }

    static Evaluation run(
            Posterior posterior,
            ProblemInstance instance,
            int problems,
            long seed,
            Optional<Path> folder,
            Duration writtenEvery,
            Listener listener) {
        posterior.requireSame("problems", instance.fresh());
        if (problems < 1) {
            throw new IllegalArgumentException("problems must be 1 or more; found " + problems);
        }
        Problems drawn = new Problems(posterior, instance, seed);
        Scoring quality = new Scoring(instance.metric());
        Scoring consistency =
                new Scoring(
                        new Consistency(
                                instance.fresh(), RandomStream.fork(drawn.key, Keys.SCALES)));
        EvaluationJournal journal =
                new EvaluationJournal(
                        folder,
                        posterior.fingerprint(seed + " " + instance.metric().figures().keySet()),
                        writtenEvery,
                        problems,
                        List.of(quality, consistency));
        int batch = posterior.batch();
        int rounds = Math.ceilDiv(problems, batch);
        int done = quality.terms().size();
        boolean more = true;
        while (done < problems && more) {
            int first = done;
            float[][] truth = new float[Math.min(batch, problems - first)][];
            for (int i = 0; i < truth.length; i++) {
                truth[i] = drawn.values(first + i);
            }
            int round = rounds - Math.ceilDiv(problems - first, batch);
            Samples samples =
                    posterior.sampleFresh(
                            drawn.cases(first, truth),
                            first,
                            truth.length,
                            seed,
                            following(journal, listener, round, rounds));
            for (int i = 0; i < truth.length; i++) {
                float[] estimate = samples.sample(i, 0);
                if (first + i == 0) {
                    journal.setEstimate(estimate);
                }
                float[] prior = drawn.prior(first + i);
                quality.add(truth[i], estimate, prior);
                consistency.add(truth[i], estimate, prior);
                listener.sampled(first + i, truth[i], estimate);
            }
            done += truth.length;
            journal.batchScored();
            more = listener.scored(done);
        }
        journal.delete();
        SequencedMap<String, Score> scores = quality.scores();
        scores.putAll(consistency.scores());
        return new Evaluation(scores, done, drawn.values(0), journal.estimate().orElseThrow());
    }

    private static BatchFollower following(
            EvaluationJournal journal, Listener listener, int round, int rounds) {
        return new BatchFollower() {
            @Override
            public int begin(Batch batch) {
                return journal.begin(batch);
            }

            @Override
            public void stepped(Batch batch, int done) {
                journal.stepped(batch, done);
                long steps = batch.steps();
                listener.stepped(round * steps + done, rounds * steps);
            }
        };
    }

    /** The problems of a seed, each a function of its number. */
    private static final class Problems {
        private final long key;
        private final AncestralSampler prior;
        private final ObservationSampler observer;
        private final ValueCodec codec;
        private final int nodes;

        Problems(Posterior posterior, ProblemInstance instance, long seed) {
            this.key = RandomStream.fork(RandomStream.seed(seed), Keys.EVALUATION);
            this.prior = instance.fresh().sampler();
            this.observer = posterior.conditioning().sampler(instance.fresh());
            this.codec = posterior.codec();
            this.nodes = instance.fresh().nodeCount();
        }

        /** The values of a problem, [N]. */
        float[] values(int problem) {
            return draw(Keys.VALUES, problem);
        }

        /** A draw that knows nothing of the problem, [N]. */
        float[] prior(int problem) {
            return draw(Keys.METRIC, problem);
        }

        private float[] draw(long label, int problem) {
            float[] values = new float[nodes];
            prior.draw(RandomStream.fork(RandomStream.fork(key, label), problem), values);
            return values;
        }

        /** What is observed of the problems from a first one on, whose values are those. */
        Posterior.Cases cases(int first, float[]... truth) {
            long observations = RandomStream.fork(key, Keys.OBSERVATIONS);
            return (index, example, known, observed) -> {
                codec.encode(truth[index], known, example);
                long own = RandomStream.fork(observations, first + index);
                observer.draw(own, observed, (long) example * nodes);
            };
        }
    }

    /** The scores as numbers: after each figure its standard error, as {@code NAME_sem}. */
    public SequencedMap<String, Double> metrics() {
        return Score.numbers(scores);
    }

    @Override
    public String toString() {
        return "Evaluation[%s, %d problems]".formatted(scores, problems);
    }
}
