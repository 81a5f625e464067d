package gsdm.cli.command;

import static gsdm.cli.command.CommandRunner.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

class HelpTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "problems",
                "graph",
                "train",
                "resume",
                "sweep",
                "sample",
                "eval",
                "selftest",
                "bench",
                "bench step",
                "bench kernels",
                "reproduce",
                "reproduce figure2",
                "reproduce scaling",
                "devices",
                "completion"
            })
    void everyCommandTeachesByExample(String command) {
        CommandRunner.Result help = run((Object[]) (command + " --help").split(" "));
        assertThat(help.code()).isZero();
        assertThat(help.out()).contains("Examples:", "gsdm " + command);
        assertThat(help.err()).isEmpty();
        assertThat(help.out().lines()).allMatch(line -> line.length() <= 100);
    }

    @Test
    void noCommandShowsAllOfThem() {
        assertThat(run().out()).contains("train", "sample", "A first run");
        assertThat(run("--version").out()).startsWith("gsdm ");
    }

    @Test
    void completionIsAShellScript() {
        assertThat(run("completion").out()).startsWith("#!/usr/bin/env bash").contains("--preset");
    }

    @Test
    void problemsAndDevicesReadAsJson() {
        JsonNode problems = JsonMapper.shared().readTree(run("problems", "--json").out());
        assertThat(problems.findValuesAsString("name")).contains("matrix-factorization", "bnn");
        assertThat(run("problems").out()).contains("problem.rows", "presets: default, quick");
        JsonNode devices = JsonMapper.shared().readTree(run("devices", "--json").out());
        assertThat(devices.findValuesAsString("device")).contains("scalar");
    }

    @Test
    void jsonIsTheSameWhateverCharactersTheOutputHas() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream ascii = new PrintStream(bytes, true, StandardCharsets.US_ASCII);
        Output output = new Output(new Console(ascii, ascii));
        new CommandLine(output).parseArgs("--json");
        output.result(Map.of("run", "w ö"), List.of());
        assertThat(JsonMapper.shared().readTree(bytes.toByteArray()).get("run").asString())
                .isEqualTo("w ö");
    }

    @Test
    void aReaderThatLeavesIsNoFailure() {
        PrintStream closed = new PrintStream(OutputStream.nullOutputStream());
        closed.close();
        assertThat(Commands.run(new Console(closed, closed), "problems")).isZero();
    }
}
