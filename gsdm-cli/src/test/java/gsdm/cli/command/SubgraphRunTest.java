package gsdm.cli.command;

import static gsdm.cli.command.CommandRunner.run;
import static gsdm.cli.command.TinyRun.json;
import static gsdm.cli.command.TinyRun.metrics;
import static gsdm.cli.command.TinyRun.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small run whose steps are of subgraphs. */
class SubgraphRunTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"plate", "khop", "node"})
    void aRunOnSubgraphsIsScoredOnTheWholeAndGoesOn(String kind) throws IOException {
        Path straight = folder.resolve("straight");
        Object[] settings = {
            "--set", "training.subgraph=" + kind, "--set", "training.budget=0.6", "--json"
        };
        CommandRunner.Result result = run(training(straight, settings));
        assertThat(result.code()).isZero();
        assertThat(result.err()).containsPattern("data preparation took [0-9.]+ % of the steps");
        JsonNode rmse = json(result.out()).get("metrics").get("rmse");
        assertThat(rmse.asDouble()).isPositive();
        for (JsonNode line : metrics(straight)) {
            assertThat(line.get("preparation").asDouble())
                    .isPositive()
                    .isLessThanOrEqualTo(line.get("seconds").asDouble());
        }
        CommandRunner.Result eval = run("eval", straight, "--json");
        assertThat(json(eval.out()).get("metrics").get("rmse")).isEqualTo(rmse);

        Path broken = folder.resolve("broken");
        TinyRun.copy(straight, broken);
        Files.delete(broken.resolve("checkpoints/step-000000030.safetensors"));
        assertThat(run("resume", broken, "--threads", 1).code()).isZero();
        assertThat(broken.resolve("checkpoints/step-000000030.safetensors"))
                .hasSameBinaryContentAs(straight.resolve("checkpoints/step-000000030.safetensors"));
    }
}
