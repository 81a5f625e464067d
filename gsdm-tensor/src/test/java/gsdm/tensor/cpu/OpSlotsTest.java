package gsdm.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.tensor.contract.Programs;
import gsdm.tensor.contract.TestProgram;
import gsdm.tensor.program.Adam;
import gsdm.tensor.program.Add;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Fusion;
import gsdm.tensor.program.MemoryPlan;
import gsdm.tensor.program.MovingAverage;
import gsdm.tensor.program.Muon;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.Slot;
import gsdm.tensor.program.SquaredNorm;
import gsdm.tensor.program.StepState;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What every op says of the slots and blocks it touches, and the same op on other slots. */
class OpSlotsTest {
    private final Block other = new Block("other", Block.Role.INPUT);
    private final Map<Slot, Slot> twins = new HashMap<>();

    static List<Programs.Case> cases() {
        return Programs.small();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyOpCanBeOnOtherSlots(Programs.Case test) throws ReflectiveOperationException {
        TestProgram program = test.compose();
        program.differentiate();
        for (Program each : List.of(program.program(), Fusion.of(program.program()))) {
            for (Op op : each.ops()) {
                checkOnOtherSlots(op);
                assertThat(op.blocksRead()).isEmpty();
                assertThat(op.blocksWritten()).isEmpty();
            }
        }
    }

    /** An input and an output share memory where {@link Op#inPlace} offers it, and else never. */
    @ParameterizedTest
    @MethodSource("cases")
    void outputsTakeTheMemoryOfInputsOnlyWhereOpsOfferIt(Programs.Case test) {
        TestProgram program = test.compose();
        program.differentiate();
        Program whole = program.program();
        for (Program each : List.of(whole, whole.inParts(), Fusion.of(whole))) {
            MemoryPlan plan = MemoryPlan.scratch(each, program.extents(), MemoryPlan.ANY_PIECE);
            for (Op op : each.ops()) {
                for (Slot input : ofBlock(each.scratch(), op.inputs())) {
                    boolean offered =
                            input == op.inPlace() && Collections.frequency(op.inputs(), input) == 1;
                    for (Slot output : ofBlock(each.scratch(), op.outputs())) {
                        boolean first = output == op.outputs().getFirst();
                        assertThat(overlap(plan, program.extents(), input, output))
                                .as("%s over %s in %s", output, input, op)
                                .isIn(false, offered && first);
                    }
                }
            }
        }
    }

    private static List<Slot> ofBlock(Block block, List<Slot> slots) {
        return slots.stream().filter(slot -> slot.block() == block).toList();
    }

    private static boolean overlap(MemoryPlan plan, Extents sizes, Slot a, Slot b) {
        long startA = plan.place(a).offset();
        long startB = plan.place(b).offset();
        return startA < startB + b.shape().size(sizes) * DataType.BYTES
                && startB < startA + a.shape().size(sizes) * DataType.BYTES;
    }

    @Test
    void updatesSayWhichBlocksTheyTouch() throws ReflectiveOperationException {
        Block parameters = new Block("parameters", Block.Role.LASTING);
        Block gradients = new Block("gradients", Block.Role.LASTING);
        Block moment1 = new Block("moment1", Block.Role.LASTING);
        Block moment2 = new Block("moment2", Block.Role.LASTING);
        Block average = new Block("average", Block.Role.LASTING);
        Slot state = new Block("state", Block.Role.STATE).floats("state", Dim.of(StepState.SIZE));
        Slot losses = new Block("results", Block.Role.RESULT).floats("losses", Dim.of(3));
        SquaredNorm norm = new SquaredNorm(gradients, losses, state);
        Adam adam = new Adam(parameters, gradients, moment1, moment2, state);
        Muon muon = new Muon(parameters, gradients, moment1, List.of(), state);
        MovingAverage ema = new MovingAverage(average, parameters, state);
        SquaredNorm alone = new SquaredNorm(gradients, Slot.NONE, state);
        for (Op op : List.of(norm, alone, adam, muon, ema)) {
            checkOnOtherSlots(op);
        }
        assertThat(norm.blocksRead()).containsExactly(gradients);
        assertThat(norm.blocksWritten()).isEmpty();
        assertThat(adam.blocksRead()).contains(parameters, gradients, moment1, moment2);
        assertThat(adam.blocksWritten()).contains(parameters, moment1, moment2);
        assertThat(muon.blocksRead()).contains(parameters, gradients, moment1);
        assertThat(muon.blocksWritten()).containsExactly(parameters, moment1);
        assertThat(ema.blocksRead()).contains(average, parameters);
        assertThat(ema.blocksWritten()).containsExactly(average);
    }

    @Test
    void muonTakesMatricesAlone() {
        Slot state = other.floats("state", Dim.of(StepState.SIZE));
        for (Slot slot :
                List.of(
                        other.floats("vector", Dim.of(6)),
                        other.floats("odd", Dim.of(7), Dim.of(3)),
                        other.floats("open", Dim.named("rows", 0), Dim.of(3)))) {
            List<Muon.Matrix> matrices = List.of(new Muon.Matrix(slot.index(), 2));
            assertThatThrownBy(() -> new Muon(other, other, other, matrices, state))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a multiple of 2 expected; found " + slot);
        }
    }

    @Test
    void aSlotOfAnotherShapeOrTypeCannotTakeAnothersPlace() {
        Slot x = other.floats("x", Dim.of(5));
        Slot longer = other.floats("longer", Dim.of(6));
        Slot ints = other.ints("ints", Dim.of(5));
        Add add = new Add(x, x, x);
        for (Slot bad : List.of(longer, ints)) {
            assertThatThrownBy(() -> add.withSlots(_ -> bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(bad + " cannot take the place of F32 other.x");
        }
    }

    private void checkOnOtherSlots(Op op) throws ReflectiveOperationException {
        assertThat(op.withSlots(UnaryOperator.identity())).isEqualTo(op);
        Op moved = op.withSlots(this::twin);
        assertThat(moved).hasSameClassAs(op);
        assertThat(moved.inputs()).isEqualTo(twins(op.inputs()));
        assertThat(moved.outputs()).isEqualTo(twins(op.outputs()));
        assertThat(moved.inPlace()).isEqualTo(twin(op.inPlace()));
        assertThat(moved.blocksRead()).isEqualTo(op.blocksRead());
        assertThat(moved.blocksWritten()).isEqualTo(op.blocksWritten());
        assertThat(named(moved)).as("%s moved", op).isEqualTo(twins(named(op)));
        assertThat(named(op)).containsAll(op.inputs()).containsAll(op.outputs());
    }

    /** Every slot that a record holds, however deep. */
    private static List<Slot> named(Object value) throws ReflectiveOperationException {
        List<Slot> slots = new ArrayList<>();
        if (value instanceof Slot slot) {
            slots.add(slot);
        } else if (value instanceof List<?> list) {
            for (Object element : list) {
                slots.addAll(named(element));
            }
        } else if (value instanceof Record) {
            for (RecordComponent component : value.getClass().getRecordComponents()) {
                slots.addAll(named(component.getAccessor().invoke(value)));
            }
        }
        return slots;
    }

    private List<Slot> twins(List<Slot> slots) {
        return slots.stream().map(this::twin).toList();
    }

    private Slot twin(Slot slot) {
        return slot.present() ? twins.computeIfAbsent(slot, this::declare) : slot;
    }

    private Slot declare(Slot slot) {
        Dim[] dims = slot.shape().dims().toArray(Dim[]::new);
        String name = slot + " " + twins.size();
        return slot.type() == DataType.F32 ? other.floats(name, dims) : other.ints(name, dims);
    }
}
