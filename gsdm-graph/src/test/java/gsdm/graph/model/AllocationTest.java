package gsdm.graph.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;

import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;

class AllocationTest {
    private static final long KEY = RandomStream.seed(5);

    @Test
    void drawsAllocateNothing() {
        GraphicalModel factorization = Examples.factorization(16, 16, 10);
        GraphicalModel part =
                factorization.restrict(
                        Map.of(
                                factorization.plate("i"), new int[] {1, 4, 9},
                                factorization.plate("k"), new int[] {0, 7}));
        for (GraphicalModel model :
                List.of(factorization, part, Examples.convolution(), Examples.operations())) {
            AncestralSampler sampler = model.sampler();
            ObservationSampler observations = Conditioning.parse("*:0.5 | *?0.5").sampler(model);
            Folding folding = model.folding();
            float[] values = new float[model.nodeCount()];
            MemorySegment observed = MemorySegment.ofArray(new float[model.nodeCount()]);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 5; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int example = 0; example < 20; example++) {
                    sampler.draw(KEY + example, values, 0);
                    observations.draw(KEY + example, observed, 0);
                    folding.fold(values, observed, 0);
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(least).isLessThan(1024);
        }
    }
}
