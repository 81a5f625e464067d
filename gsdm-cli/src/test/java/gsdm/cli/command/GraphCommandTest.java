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
}
