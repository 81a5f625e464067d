package gsdm.cli.command;

import static gsdm.cli.command.CommandRunner.run;

import static org.assertj.core.api.Assertions.assertThat;

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
}
