package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.graph.model.Conditioning;
import gsdm.graph.model.Scale;
import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.checkpoint.Falls;
import gsdm.nn.sample.SamplerConfig.Solver;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;

class RunHeaderTest {
    private static final Conditioning OBSERVED = Conditioning.parse("x, mood | x:0.25");
    private static final RunSettings SETTINGS =
            RunSettings.DEFAULTS
                    .with(TestSettings.network(8, 1))
                    .with(TrainingSettings.DEFAULTS.withBatch(2).withKeep(5))
                    .with(SamplingSettings.DEFAULTS.withEta(0.5).withSolver(Solver.DDIM));

    @Test
    void theEntriesSayWhatTheRunIsOf() {
        Map<String, String> entries = RunHeader.entries(Mixture.MODEL, OBSERVED, SETTINGS);
        assertThat(entries)
                .containsEntry("arrays", "noise[4], x[4], kind[4] of 2, mood[] of 3")
                .containsEntry("conditioning", "x, mood | x:0.25")
                .containsEntry("training.keep", "5")
                .containsEntry("sampling.eta", "0.5")
                .containsEntry(
                        "definition.array mood", "mood[] ~ categorical(3), one of 3 categories")
                .containsAllEntriesOf(SettingsText.write(SETTINGS));
    }

    @Test
    void aCheckpointGivesBackTheHeader(@TempDir Path folder) {
        Path file = folder.resolve("run.safetensors");
        try (Backend backend = Backends.open("scalar", 1);
                Training training =
                        Training.start(backend, Mixture.MODEL, OBSERVED, SETTINGS, 11, 40)) {
            training.run(2);
            training.save(file);
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
                RunHeader header = RunHeader.read(checkpoint, Mixture.MODEL);
                assertThat(header)
                        .returns(2L, RunHeader::step)
                        .returns(11L, RunHeader::seed)
                        .returns(
                                Falls.atTheEnd(40, SETTINGS.training().decayShare()),
                                RunHeader::falls)
                        .returns(SETTINGS, RunHeader::settings)
                        .returns(OBSERVED, RunHeader::conditioning);
                assertThat(header.scales())
                        .containsOnlyKeys("noise", "x", "kind", "mood")
                        .containsEntry("mood", Scale.IDENTITY);
                assertThat(header.scales().get("x").std())
                        .isEqualTo((float) training.layout().array("x").std());
                assertThat(RunHeader.dataDifferences(checkpoint.header(), Mixture.MODEL)).isEmpty();
            }
        }
    }
}
