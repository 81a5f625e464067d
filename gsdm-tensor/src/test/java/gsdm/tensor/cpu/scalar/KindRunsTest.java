package gsdm.tensor.cpu.scalar;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.Shape;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class KindRunsTest {
    @Test
    void theLastRunEndsAtTheLastNodeThatAnIntCounts() {
        Dim nodes = Dim.named("N", 0);
        List<List<Integer>> computed = new ArrayList<>();
        KindRuns runs =
                new KindRuns(List.of(new NodeKind(nodes, 1)), Shape.of(Dim.of(2), nodes)) {
                    @Override
                    void compute(int example, int kind, int first, int end) {
                        computed.add(List.of(example, first, end));
                    }
                };
        int items = runs.prepare(Extents.NONE.with(nodes, Integer.MAX_VALUE));
        runs.compute(items - 2, 0);
        runs.compute(items - 1, 0);
        int last = Integer.MAX_VALUE / 1024 * 1024;
        assertThat(computed)
                .containsExactly(
                        List.of(1, last - 1024, last), List.of(1, last, Integer.MAX_VALUE));
    }
}
