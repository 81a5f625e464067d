package gsdm.cli.command;

import static gsdm.cli.command.CommandRunner.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class ReproduceTest {

    @TempDir private Path folder;

    @Test
    void figure2ComparesStrategiesAndBudgetsOverSeeds() {
        CommandRunner.Result result =
                run(
                        "reproduce",
                        "figure2",
                        "--size",
                        "small",
                        "--out",
                        folder,
                        "--dry-run",
                        "--json");
        assertThat(result.code()).as(result.err()).isZero();
        JsonNode plan = JsonMapper.shared().readTree(result.out());
        assertThat(plan.get("runs").asInt()).isEqualTo(18);
        assertThat(plan.get("seconds_left").asDouble()).isEqualTo(90 * 60);
        assertThat(plan.get("rows").findValuesAsString("row"))
                .containsExactly(
                        "plate 5%", "k-hop 5%", "node 5%", "plate 10%", "k-hop 10%", "node 10%");
        assertThat(plan.get("rows").get(4).get("settings").get("training.subgraph").asString())
                .isEqualTo("khop");
    }

    @Test
    void aSizeIsThreeNumbersOrAName() {
        CommandRunner.Result result = run("reproduce", "figure2", "--size", "huge", "--dry-run");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("--size: expected paper, small or ROWSxCOLSxRANK");
        assertThat(run("reproduce", "figure2", "--size", "6x5x2", "--dry-run").code()).isZero();
        assertThat(run("reproduce", "figure2", "--time", "soon", "--dry-run").err())
                .contains("--time: expected a time");
    }

    @Test
    void scalingMeasuresEveryMechanismAndGoesOn() throws IOException {
        Object[] command = {
            "reproduce", "scaling", "--largest", 9, "--memory", "2g", "--out", folder, "--json"
        };
        CommandRunner.Result first = run(command);
        assertThat(first.code()).as(first.err()).isZero();
        JsonNode points = JsonMapper.shared().readTree(first.out()).get("points");
        assertThat(points.findValuesAsString("mechanism"))
                .containsExactly("sparse", "padded", "dense");
        for (JsonNode point : points) {
            assertThat(point.get("nodes").asLong()).isEqualTo(9 * 9 * 11 + 2 * 9 * 10);
            assertThat(point.get("seconds").asDouble()).isPositive();
            assertThat(point.get("bytes").asLong()).isPositive();
        }
        assertThat(Files.readString(folder.resolve("scaling.md")))
                .contains(
                        "largest square that fits, sparse, in 2.0 GiB (none larger was tried): 9 x"
                                + " 9");
        assertThat(run(command).out()).isEqualTo(first.out());
        CommandRunner.Result other = run("reproduce", "scaling", "--memory", "much");
        assertThat(other.code()).isEqualTo(2);
        assertThat(other.err()).contains("--memory: expected a size as 24G");
    }
}
