package gsdm.tensor.program;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class BlendTest {
    private final Block block = new Block("values", Block.Role.INPUT);
    private final Slot a = block.floats("a", Dim.of(2), Dim.of(3));
    private final Slot b = block.floats("b", Dim.of(2), Dim.of(3));
    private final Slot observed = block.floats("observed", Dim.of(2), Dim.of(3));
    private final Slot out = block.floats("out", Dim.of(2), Dim.of(3));

    private Slot inPlace(Slot held, Slot... operands) {
        Slot coefficients =
                block.floats(
                        "coefficients " + block.slots().size(), Dim.of(2), Dim.of(operands.length));
        List<NodeKind> kinds = List.of(new NodeKind(Dim.of(3), 1));
        Slot flags = held.present() ? observed : Slot.NONE;
        return new Blend(List.of(operands), coefficients, held, flags, false, kinds, out).inPlace();
    }

    /** What is held is copied last, and an operand may come twice. */
    @Test
    void anOperandThatIsReadAgainIsNotOverwritten() {
        assertThat(inPlace(Slot.NONE, a, b)).isEqualTo(a);
        assertThat(inPlace(b, a, b)).isEqualTo(a);
        assertThat(inPlace(a, a, b)).isEqualTo(Slot.NONE);
        assertThat(inPlace(Slot.NONE, a, b, a)).isEqualTo(Slot.NONE);
    }
}
