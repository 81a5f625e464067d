package gsdm.tensor.program;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Which ops become one, and which must not; the op contract compares what they compute. */
class FusionTest {
    private static final Dim B = Dim.of(2);
    private static final Dim N = Dim.of(10);
    private static final Dim C = Dim.of(32);

    private final ProgramBuilder builder = new ProgramBuilder("test");
    private final Block parameters = new Block("parameters", Block.Role.LASTING);
    private final Block inputs = new Block("inputs", Block.Role.INPUT);
    private final Block results = new Block("results", Block.Role.RESULT);
    private final Slot x = inputs.floats("x", B, N, C);

    @Test
    void twoLayersBecomeOneOpAndWhatPassesBetweenThemHasNoMemory() {
        Slot y = layer("before", x, false, Slot.NONE);
        Slot hidden = rows(layer("first", y, false, Slot.NONE));
        Program program = differentiate(layer("second", hidden, false, y));
        Program fused = Fusion.of(program);
        assertThat(only(fused, ResidualLayers.class)).hasSize(1);
        assertThat(only(fused, ResidualLayers.Gradient.class)).hasSize(1);
        assertThat(only(fused, AddRows.class)).isEmpty();
        assertThat(only(fused, NormLinear.class)).hasSize(1); // the one before
        for (Op op : fused.ops()) {
            assertThat(op.inputs()).doesNotContain(hidden);
            assertThat(op.outputs()).doesNotContain(hidden);
        }
        assertSameParts(fused, program);
    }

    @Test
    void ofThreeLayersInARowTwoBecomeOneOp() {
        Slot hidden = rows(layer("first", x, false, Slot.NONE));
        Slot next = rows(layer("second", hidden, false, Slot.NONE));
        Program program = differentiate(layer("third", next, false, Slot.NONE));
        Program fused = Fusion.of(program);
        assertThat(only(fused, ResidualLayers.class)).hasSize(1);
        assertThat(only(fused, AddRows.class)).hasSize(1);
        assertSameParts(fused, program);
    }

    @Test
    void aGradientIsPartOfOneOp() {
        Slot hidden = rows(layer("first", x, false, Slot.NONE));
        Program program = differentiate(attention(wide("qkv", hidden, Slot.NONE)));
        Program fused = Fusion.of(program);
        assertThat(only(fused, ResidualLayers.Gradient.class)).hasSize(1);
        assertThat(only(fused, Attention.LayerGradient.class)).isEmpty();
        assertSameParts(fused, program);
    }

    @Test
    void aLayerThatIsAddedToWhatItReadsStaysApart() {
        Slot hidden = rows(layer("first", x, false, Slot.NONE));
        Program program = differentiate(layer("second", hidden, false, hidden));
        assertThat(only(Fusion.of(program), ResidualLayers.class)).isEmpty();
    }

    private static void assertSameParts(Program fused, Program program) {
        assertThat(fused.inParts().ops())
                .containsExactlyInAnyOrderElementsOf(program.inParts().ops());
    }

    @Test
    void layersThatSomethingElseReadsStayApart() {
        Slot hidden = rows(layer("first", x, false, Slot.NONE));
        Slot out = layer("second", hidden, false, Slot.NONE);
        builder.keep(hidden, results.floats("kept", B, N, C));
        Program program = differentiate(out);
        assertThat(only(Fusion.of(program), ResidualLayers.class)).isEmpty();
        assertThat(only(Fusion.of(program), AddRows.class)).hasSize(1);
    }

    @Test
    void normsOverNodesStayApart() {
        Slot hidden = rows(layer("first", x, true, Slot.NONE));
        Program program = differentiate(layer("second", hidden, true, Slot.NONE));
        assertThat(Fusion.of(program).ops()).isEqualTo(program.ops());
    }

    @Test
    void theGradientOfAttentionGoesOnIntoItsLayer() {
        Slot qkv = wide("qkv", x, Slot.NONE);
        Slot out = attention(qkv);
        Program program = differentiate(out);
        Program fused = Fusion.of(program);
        Attention.LayerGradient gradient = only(fused, Attention.LayerGradient.class).getFirst();
        assertThat(gradient.inputs()).contains(qkv).doesNotContain(gradient.attention().dQkv());
        assertThat(only(fused, Attention.Gradient.class)).isEmpty();
        assertThat(fused.inParts().ops()).isEqualTo(program.inParts().ops());
    }

    @Test
    void theGradientOfAttentionStaysApartWhereItGoesElsewhereToo() {
        Slot more = parameters.floats("more", B, N, Dim.of(3 * C.size()));
        Slot qkv = wide("qkv", x, more);
        Program program = differentiate(attention(qkv));
        assertThat(only(Fusion.of(program), Attention.LayerGradient.class)).isEmpty();
    }

    private Slot attention(Slot qkv) {
        Slot pointers = inputs.ints("pointers", Dim.of(N.size() + 1));
        Slot columns = inputs.ints("columns", Dim.of(30));
        Attention.Pattern pattern =
                new Attention.Pattern(pointers, columns, pointers, columns, Dim.of(3));
        return builder.attention(Attention.Neighbours.SPARSE, qkv, pattern, 4, 1);
    }

    private Slot rows(Slot of) {
        String name = " of " + of.name();
        Slot example = parameters.floats("example" + name, B, C);
        Slot table = parameters.floats("table" + name, Dim.of(3), C);
        Segments segments =
                new Segments(
                        inputs.ints("index" + name, N),
                        inputs.ints("pointers" + name, Dim.of(4)),
                        inputs.ints("members" + name, N));
        return builder.addRows(of, example, table, segments);
    }

    private Slot wide(String name, Slot of, Slot add) {
        return layer(name, of, false, add, Dim.of(3 * C.size()));
    }

    private Slot layer(String name, Slot of, boolean overNodes, Slot add) {
        return layer(name, of, overNodes, add, C);
    }

    private Slot layer(String name, Slot of, boolean overNodes, Slot add, Dim columns) {
        Slot gamma = parameters.floats(name + ".gamma", C);
        Slot beta = parameters.floats(name + ".beta", C);
        Norm norm =
                overNodes
                        ? builder.groupNorm(of, gamma, beta, 4, 1e-6f, true)
                        : builder.layerNorm(of, gamma, beta, 1e-6f, true);
        Slot weight = parameters.floats(name + ".weight", columns, C);
        Slot bias = parameters.floats(name + ".bias", columns);
        return builder.linear(norm, weight, bias, add);
    }

    private Program differentiate(Slot out) {
        builder.loss(
                new Loss(
                        out,
                        inputs.floats("target", B, N, C),
                        inputs.floats("observed", B, N),
                        List.of(new NodeKind(N, C.size())),
                        List.of(Loss.Criterion.SQUARED_ERROR),
                        inputs.ints("bounds", Dim.of(2)),
                        inputs.floats("array weight", Dim.of(1)),
                        inputs.floats("example weights", B, Dim.of(2)),
                        inputs.floats("loss", Dim.of(1)),
                        inputs.floats("errors", B, Dim.of(1))));
        Gradients.append(builder, parameters, parameters.like("gradients"));
        return builder.build();
    }

    private static <T extends Op> List<T> only(Program program, Class<T> type) {
        return program.ops().stream().filter(type::isInstance).map(type::cast).toList();
    }
}
