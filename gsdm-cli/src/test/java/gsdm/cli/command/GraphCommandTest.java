package gsdm.cli.command;

import static gsdm.cli.command.CommandRunner.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Path;

import javax.imageio.ImageIO;

class GraphCommandTest {

    @TempDir Path folder;

    /** The counts of Weilbach et al., Table 1. */
    @Test
    void theNetworkOfThePaperHasItsNodesAndEdges() {
        CommandRunner.Result result = run("graph", "bnn");
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("4,814", "27,078");
        JsonNode json = JsonMapper.shared().readTree(run("graph", "bnn", "--json").out());
        assertThat(json.get("nodes").asInt()).isEqualTo(4814);
        assertThat(json.get("edges").asInt()).isEqualTo(27078);
    }

    @Test
    void whatIsTiedIsSaid() {
        assertThat(run("graph", "linear-regression").out())
                .contains("tied: X[i, k] with w[k] in y, by 40 edges");
        JsonNode tie =
                JsonMapper.shared()
                        .readTree(run("graph", "linear-regression", "--json").out())
                        .get("ties")
                        .get(0);
        assertThat(tie.get("in").asString()).isEqualTo("y");
        assertThat(tie.get("between").get(0).asString()).isEqualTo("X[i, k]");
        assertThat(tie.get("edges").asInt()).isEqualTo(40);
        assertThat(run("graph", "bnn").out()).doesNotContain("tied");
    }

    @Test
    void tooFewLayersAreWarnedOf() {
        Object[] few = {"graph", "matrix-factorization", "--set", "model.layers=2"};
        assertThat(run(few).err()).contains("warning: attention reaches 2 nodes far");
        assertThat(run("graph", "matrix-factorization", "--set", "model.layers=8").err()).isEmpty();
    }

    @Test
    void theMaskIsDrawn() throws IOException {
        Path image = folder.resolve("mask.png");
        run("graph", "matrix-factorization", "--preset", "quick", "--image", image, "-q");
        assertThat(ImageIO.read(image.toFile()).getWidth()).isGreaterThanOrEqualTo(224);
    }

    @Test
    void aFolderInThePlaceOfTheImageIsBadInput() {
        CommandRunner.Result result =
                run("graph", "matrix-factorization", "--preset", "tiny", "--image", folder, "-q");
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.err())
                .contains("gsdm: " + folder + ": cannot be written: this is a directory");
    }

    @Test
    void subgraphsAreDescribed() {
        Object[] plates = {"graph", "bnn", "--subgraph", "plate", "--samples", 60, "--json"};
        JsonNode drawn = JsonMapper.shared().readTree(run(plates).out()).get("subgraphs");
        assertThat(drawn.get("kind").asString()).isEqualTo("plate");
        assertThat(drawn.get("budget").asInt()).isEqualTo(240);
        assertThat(drawn.get("samples").asInt()).isEqualTo(60);
        int whole = 0;
        for (JsonNode times : drawn.get("whole")) {
            whole += times.asInt();
        }
        assertThat(whole).isEqualTo(60);
        double nodes = 0;
        for (JsonNode array : drawn.get("arrays")) {
            nodes += array.get("nodes_mean").asDouble();
            assertThat(array.get("degree_mean").asDouble()).isNotNegative();
        }
        assertThat(nodes).isCloseTo(drawn.get("nodes_mean").asDouble(), within(1e-6));
        assertThat(drawn.get("nodes_max").asInt())
                .isGreaterThanOrEqualTo(drawn.get("nodes_min").asInt());
        assertThat(run("graph", "bnn", "--subgraph", "khop", "--budget", 0.1).out())
                .contains("budget 481", "by khop")
                .doesNotContain("kept whole");
    }

    @Test
    void theWholeGraphAsASubgraphHasAllEdges() {
        Object[] all = {"graph", "bnn", "--subgraph", "node", "--budget", 4814, "--samples", 1};
        assertThat(run(all).out()).contains("100.00 % of all");
    }

    @Test
    void whereNoChoiceFitsItIsSaid() {
        Object[] small = {
            "graph",
            "matrix-factorization",
            "--preset",
            "quick",
            "--subgraph",
            "PLATE",
            "--budget",
            5
        };
        assertThat(run(small).out()).contains("100 of the subgraphs have fewer than half");
    }

    @Test
    void theMaskOfASubgraphIsDrawn() throws IOException {
        Path image = folder.resolve("part.png");
        run("graph", "bnn", "--subgraph", "plate", "--budget", 200, "--image", image, "-q");
        assertThat(ImageIO.read(image.toFile()).getWidth()).isGreaterThanOrEqualTo(200);
    }

    @Test
    void subgraphsThatMakeNoSenseAreRefused() {
        assertThat(run("graph", "bnn", "--budget", 5).code()).isEqualTo(2);
        CommandRunner.Result result = run("graph", "bnn", "--subgraph", "node", "--budget", 1.5);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("a share between 0 and 1 or a whole number of nodes");
        assertThat(run("graph", "bnn", "--subgraph", "node", "--samples", 0).code()).isEqualTo(2);
    }
}
