package gsdm.graph.inference;

import gsdm.graph.problem.Scoring;
import gsdm.nn.sample.BatchFollower;
import gsdm.tensor.io.ElementType;
import gsdm.tensor.io.IoReason;
import gsdm.tensor.io.SafetensorsException;
import gsdm.tensor.io.SafetensorsFile;
import gsdm.tensor.io.SafetensorsWriter;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What an evaluation has behind it, in a file while it lasts: the terms of the problems scored, the
 * sample of the first, and the batch that is being drawn. One that was killed goes on from there,
 * and ends with the same bits. A file that is damaged or of another evaluation is as good as none,
 * and one that cannot be written only means that there is nothing to go on from.
 */
final class EvaluationJournal implements BatchFollower {
    private static final System.Logger LOGGER = System.getLogger(EvaluationJournal.class.getName());
    private static final String EVALUATION = "evaluation";
    private static final String SCORED = "scored";
    private static final String TERMS = "terms.";
    private static final String ESTIMATE = "estimate";
    private static final String BATCH = "batch";
    private static final String STATE = "state.";

    private final Path file;
    private final String evaluation;
    private final Duration interval;
    private final List<Scoring> scorings;
    private Optional<float[]> estimate = Optional.empty();
    private Optional<Kept> kept = Optional.empty();
    private boolean writes;
    private long written = System.nanoTime();

    /** A batch as it was after some steps; the state is [count, X] each. */
    private record Kept(long first, int count, int steps, List<float[]> state) {
        boolean is(Batch batch) {
            return first == batch.first() && count == batch.count();
        }
    }

    /**
     * Opens the journal of an evaluation, and takes over what is in it.
     *
     * @param folder where it is; without one nothing is kept
     * @param evaluation hexadecimal digits that no other evaluation has
     * @param interval between two times of writing
     * @param problems the most to take over
     * @param scorings receive the terms of those that were scored
     */
    EvaluationJournal(
            Optional<Path> folder,
            String evaluation,
            Duration interval,
            int problems,
            List<Scoring> scorings) {
        this.file = folder.orElse(Path.of("")).resolve("evaluation.part");
        this.evaluation = evaluation;
        this.interval = interval;
        this.scorings = scorings;
        this.writes = folder.isPresent();
        if (writes && Files.exists(file)) {
            read(problems);
        }
    }

    private void read(int problems) {
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsFile found = SafetensorsFile.open(file, arena);
            found.verify();
            if (!evaluation.equals(found.metadata().get(EVALUATION))) {
                return;
            }
            int scored = Integer.parseInt(found.metadata().get(SCORED));
            List<List<double[]>> terms = new ArrayList<>();
            for (int i = 0; i < scorings.size(); i++) {
                terms.add(terms(found.longs(TERMS + i), scored, Math.min(scored, problems)));
            }
            if (found.metadata().containsKey(BATCH)) {
                kept = Optional.of(readBatch(found));
            }
            if (found.contains(ESTIMATE)) {
                estimate = Optional.of(found.floats(ESTIMATE));
            }
            for (int i = 0; i < scorings.size(); i++) {
                terms.get(i).forEach(scorings.get(i)::add);
            }
        } catch (IOException damaged) {
            LOGGER.log(
                    Level.WARNING,
                    "evaluating from the start: {0}: {1}",
                    file,
                    IoReason.of(damaged));
        }
    }

    private static List<double[]> terms(long[] bits, int scored, int wanted) {
        List<double[]> terms = new ArrayList<>();
        for (int problem = 0; problem < wanted; problem++) {
            int each = bits.length / scored;
            terms.add(
                    Arrays.stream(bits, problem * each, (problem + 1) * each)
                            .mapToDouble(Double::longBitsToDouble)
                            .toArray());
        }
        return terms;
    }

    private static Kept readBatch(SafetensorsFile found) throws SafetensorsException {
        String[] numbers = found.metadata().get(BATCH).split(" ", -1);
        List<float[]> state = new ArrayList<>();
        while (found.contains(STATE + state.size())) {
            state.add(found.floats(STATE + state.size()));
        }
        return new Kept(
                Long.parseLong(numbers[0]),
                Integer.parseInt(numbers[1]),
                Integer.parseInt(numbers[2]),
                state);
    }

    /** The sample of the first problem; empty before there is one. */
    Optional<float[]> estimate() {
        return estimate;
    }

    /** Takes note of the sample of the first problem, [N]. */
    void setEstimate(float... sample) {
        estimate = Optional.of(sample);
    }

    /** Takes note that a batch has been scored. */
    void batchScored() {
        kept = Optional.empty();
        if (isDue()) {
            write(writer());
        }
    }

    @Override
    public int begin(Batch batch) {
        if (kept.isEmpty() || !kept.get().is(batch)) {
            return 0;
        }
        List<MemorySegment> state = batch.state().get();
        for (int i = 0; i < state.size(); i++) {
            state.get(i).copyFrom(MemorySegment.ofArray(kept.get().state().get(i)));
        }
        return kept.get().steps();
    }

    @Override
    public void stepped(Batch batch, int done) {
        if (!isDue()) {
            return;
        }
        SafetensorsWriter writer =
                writer().metadata(BATCH, "%d %d %d".formatted(batch.first(), batch.count(), done));
        int number = 0;
        for (MemorySegment each : batch.state().get()) {
            long[] shape = {each.byteSize() / Float.BYTES};
            writer.tensor(STATE + number++, ElementType.F32, shape, each);
        }
        write(writer);
    }

    private boolean isDue() {
        return writes && System.nanoTime() - written >= interval.toNanos();
    }

    /** Of what has been scored. */
    private SafetensorsWriter writer() {
        SafetensorsWriter writer = new SafetensorsWriter().metadata(EVALUATION, evaluation);
        writer.metadata(SCORED, Integer.toString(scorings.getFirst().terms().size()));
        for (int i = 0; i < scorings.size(); i++) {
            long[] bits =
                    scorings.get(i).terms().stream()
                            .flatMapToDouble(Arrays::stream)
                            .mapToLong(Double::doubleToRawLongBits)
                            .toArray();
            writer.longs(TERMS + i, bits, bits.length);
        }
        estimate.ifPresent(sample -> writer.floats(ESTIMATE, sample, sample.length));
        return writer;
    }

    private void write(SafetensorsWriter writer) {
        try {
            writer.write(file);
        } catch (IOException failure) {
            writes = false;
            LOGGER.log(
                    Level.WARNING,
                    "an evaluation that is killed cannot go on: {0}: {1}",
                    file,
                    IoReason.of(failure));
        }
        written = System.nanoTime();
    }

    /** Removes the file: the evaluation has ended. */
    void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failure) {
            LOGGER.log(
                    Level.WARNING, "{0} stays, and is of no use: {1}", file, IoReason.of(failure));
        }
    }
}
