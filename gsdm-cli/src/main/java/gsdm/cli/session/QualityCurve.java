package gsdm.cli.session;

import gsdm.cli.run.MetricsLog;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code evaluations.jsonl}: the scores of a run while it trains, one line for each evaluation. */
final class QualityCurve implements AutoCloseable {

    private final Path file;
    private final long lastStep;
    private Optional<MetricsLog> log = Optional.empty();

    /** Goes on after a step: scores of later ones are dropped with the first that is added. */
    QualityCurve(Path file, long lastStep) {
        this.file = file;
        this.lastStep = lastStep;
    }

    /** Writes down the scores of a step; the first ones say what the later ones are called. */
    void append(long step, Map<String, Double> metrics) throws IOException {
        if (log.isEmpty()) {
            log = Optional.of(new MetricsLog(file, lastStep, List.copyOf(metrics.keySet())));
        }
        log.get().append(step, metrics.values().stream().mapToDouble(v -> v).toArray());
    }

    @Override
    public void close() throws IOException {
        if (log.isPresent()) {
            log.get().close();
        }
    }
}
