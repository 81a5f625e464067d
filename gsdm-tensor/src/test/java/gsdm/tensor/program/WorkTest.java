package gsdm.tensor.program;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WorkTest {
    private static final int NODES = 5;
    private static final int EDGES = 13;
    private static final int CHANNELS = 8;

    /** Queries, keys and values of a row, and attention over the edges. */
    private static Program program() {
        Block block = new Block("buffers", Block.Role.LASTING);
        Slot x = block.floats("x", Dim.of(1), Dim.of(NODES), Dim.of(CHANNELS));
        Slot weight = block.floats("weight", Dim.of(3 * CHANNELS), Dim.of(CHANNELS));
        Slot bias = block.floats("bias", Dim.of(3 * CHANNELS));
        Slot pointers = block.ints("pointers", Dim.of(NODES + 1));
        Slot columns = block.ints("columns", Dim.of(EDGES));
        Attention.Pattern pattern =
                new Attention.Pattern(pointers, columns, pointers, columns, Dim.of(NODES));
        ProgramBuilder program = new ProgramBuilder("attention");
        Slot qkv = program.linear(x, weight, bias);
        program.attention(Attention.Neighbours.SPARSE, qkv, pattern, 2, 1);
        return program.build();
    }

    @Test
    void productsAndAttentionCountAMultiplicationAndAnAdditionEach() {
        long products = 2L * NODES * CHANNELS * 3 * CHANNELS;
        long attention = 2L * 2 * EDGES * CHANNELS;
        assertThat(Work.flops(program(), Extents.NONE)).isEqualTo(products + attention);
        assertThat(Work.matmulFlops(program(), Extents.NONE)).isEqualTo(products);
    }
}
