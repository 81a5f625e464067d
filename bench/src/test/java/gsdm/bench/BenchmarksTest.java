package gsdm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Every benchmark at every choice of op, on both backends, tiny and once. */
class BenchmarksTest {
    @Test
    void allBenchmarksRunAtTinySizes() throws RunnerException {
        Options options =
                new OptionsBuilder()
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(1))
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .param("threads", "2")
                        .param("rows", "13")
                        .param("nodes", "13")
                        .param("batch", "2")
                        .param("width", "32")
                        .param("channels", "32")
                        .param("options", "3")
                        .param("tableRows", "5")
                        .param("parameters", "207")
                        .param("rank", "2")
                        .param("attention", "SPARSE 3", "PADDED 3", "DENSE 3")
                        .param("layers", "1")
                        .param(
                                "problem",
                                "matrix-factorization,rows=2,cols=2,rank=1",
                                "bnn,image=2,passes=1,layers=linear 2")
                        .build();
        Collection<RunResult> results = new Runner(options).run();

        assertThat(results)
                .allSatisfy(result ->
                        assertThat(result.getPrimaryResult().getScore()).isGreaterThan(0));
        Set<String> ran =
                results.stream().map(r -> r.getParams().getBenchmark()).collect(Collectors.toSet());
        assertThat(ran).isEqualTo(listed()).hasSize(11);
        assertThat(results)
                .filteredOn(r -> r.getParams().getBenchmark().contains("MatMul"))
                .allSatisfy(r ->
                        assertThat(r.getSecondaryResults().get("gflop").getScore())
                                .isGreaterThan(0));
    }

    private static Set<String> listed() {
        return BenchmarkList.defaultList()
                .getAll(
                        OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                        List.of())
                .stream()
                .map(BenchmarkListEntry::getUsername)
                .collect(Collectors.toSet());
    }
}
