package gsdm.tensor.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

class MemoryPlanTest {
    private static final Dim N = Dim.named("N", 0);
    private static final Extents RESERVE = Extents.NONE.with(N, 37);

    @RepeatedTest(200)
    void temporariesAliveTogetherNeverOverlap(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        // Whole, or in pieces of what the largest temporary takes, and a little more.
        long largestPiece = seed % 2 == 0 ? MemoryPlan.ANY_PIECE : 3584 + 64 * (seed % 40);
        Program program = randomProgram(new SplittableRandom(seed));
        MemoryPlan plan = MemoryPlan.scratch(program, RESERVE, largestPiece);
        Map<Slot, int[]> lives = lives(program);
        List<Slot> slots = new ArrayList<>(lives.keySet());
        for (Slot slot : slots) {
            MemoryPlan.Place place = plan.place(slot);
            assertThat(place.offset() % MemoryPlan.ALIGNMENT).isZero();
            assertThat(place.offset() + bytes(slot))
                    .isLessThanOrEqualTo(plan.pieces().get(place.piece()))
                    .isLessThanOrEqualTo(largestPiece);
            for (Slot other : slots) {
                if (slot != other && together(program, lives, slot, other)) {
                    assertThat(overlap(plan, slot, other))
                            .as("seed %d: %s and %s", seed, slot, other)
                            .isFalse();
                }
            }
        }
    }

    @Test
    void aChainOfSumsTakesTheSameMemory() {
        ProgramBuilder builder = new ProgramBuilder("chain");
        Slot input = new Block("inputs", Block.Role.INPUT).floats("x", N);
        Slot first = builder.activation(Activation.Function.RELU, input);
        Slot second = builder.add(first, input);
        Slot third = builder.add(second, input);
        builder.keep(third, new Block("outputs", Block.Role.RESULT).floats("y", N));
        MemoryPlan plan = MemoryPlan.scratch(builder.build(), RESERVE, MemoryPlan.ANY_PIECE);
        assertThat(plan.bytes()).isEqualTo(192);
        assertThat(plan.places().values()).containsOnly(new MemoryPlan.Place(0, 0));
    }

    @Test
    void whatDoesNotFitInAPieceStartsAnother() {
        ProgramBuilder builder = new ProgramBuilder("three");
        Block block = new Block("inputs", Block.Role.INPUT);
        Slot x = block.floats("x", N);
        Slot a = builder.activation(Activation.Function.RELU, x);
        Slot b = builder.activation(Activation.Function.SILU, x);
        Slot c = builder.activation(Activation.Function.LEAKY_RELU, x);
        builder.keep(builder.add(builder.add(a, b), c), block.floats("y", N));
        Program program = builder.build();
        MemoryPlan plan = MemoryPlan.scratch(program, RESERVE, 2 * 192);
        assertThat(plan.pieces()).containsExactly(384L, 192L);
        assertThat(plan.bytes()).isEqualTo(3 * 192);
        assertThat(plan.places())
                .containsEntry(b, new MemoryPlan.Place(0, 192))
                .containsEntry(c, new MemoryPlan.Place(1, 0));
        assertThatThrownBy(() -> MemoryPlan.scratch(program, RESERVE, 191))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "takes 192 bytes, of which the device allocates at most 191 at a time");
    }

    @Test
    void anOperandReadTwiceIsNotOverwritten() {
        ProgramBuilder builder = new ProgramBuilder("square");
        Dim c = Dim.of(16);
        Block block = new Block("inputs", Block.Role.INPUT);
        Slot x = builder.activation(Activation.Function.RELU, block.floats("x", N, c));
        Slot y = builder.linear(x, block.floats("w", c, c), block.floats("b", c), x);
        builder.keep(y, block.floats("y", N, c));
        MemoryPlan plan = MemoryPlan.scratch(builder.build(), RESERVE, MemoryPlan.ANY_PIECE);
        assertThat(overlap(plan, x, y)).isFalse();
    }

    @Test
    void slotsOfALastingBlockFollowEachOther() {
        Block block = new Block("parameters", Block.Role.LASTING);
        Slot first = block.floats("first", Dim.of(17));
        Slot second = block.floats("second", N);
        MemoryPlan plan = MemoryPlan.sequential(block, RESERVE);
        assertThat(plan.places())
                .containsEntry(first, new MemoryPlan.Place(0, 0))
                .containsEntry(second, new MemoryPlan.Place(0, 128));
        assertThat(plan.bytes()).isEqualTo(128 + 192);
    }

    /**
     * Sums, products with an addend and activations of earlier temporaries, some of them unread.
     */
    private static Program randomProgram(SplittableRandom random) {
        ProgramBuilder builder = new ProgramBuilder("random");
        Block inputs = new Block("inputs", Block.Role.INPUT);
        Map<Integer, List<Slot>> known = new HashMap<>();
        for (int width = 1; width <= 3; width++) {
            Slot x = inputs.floats("x" + width, N, Dim.of(width * 8));
            known.put(width, new ArrayList<>(List.of(x)));
        }
        for (int i = 0; i < 40; i++) {
            int width = random.nextInt(1, 4);
            List<Slot> same = known.get(width);
            Slot a = same.get(random.nextInt(same.size()));
            Slot b = same.get(random.nextInt(same.size()));
            same.add(
                    switch (random.nextInt(4)) {
                        case 0 -> builder.add(a, b);
                        case 1 -> builder.activation(Activation.Function.SILU, a);
                        case 2 -> joined(builder, inputs, a, b, i);
                        default -> widened(builder, inputs, known, b, i);
                    });
        }
        return builder.build();
    }

    private static Slot joined(ProgramBuilder builder, Block inputs, Slot a, Slot b, int i) {
        Dim width = a.shape().last();
        Slot weight = inputs.floats("w" + i, width, width);
        return builder.linear(a, weight, inputs.floats("b" + i, width), b);
    }

    private static Slot widened(
            ProgramBuilder builder, Block inputs, Map<Integer, List<Slot>> known, Slot add, int i) {
        Slot a = known.get(1 + i % 3).getLast();
        Dim out = add.shape().last();
        Slot weight = inputs.floats("w" + i, out, a.shape().last());
        return builder.linear(a, weight, inputs.floats("b" + i, out), add);
    }

    /** The first and the last op that touches each temporary. */
    private static Map<Slot, int[]> lives(Program program) {
        Map<Slot, int[]> lives = new HashMap<>();
        for (int i = 0; i < program.ops().size(); i++) {
            List<Slot> touched = new ArrayList<>(program.ops().get(i).outputs());
            touched.addAll(program.ops().get(i).inputs());
            for (Slot slot : touched) {
                if (slot.block() == program.scratch()) {
                    int[] life = lives.computeIfAbsent(slot, s -> new int[] {-1, -1});
                    life[0] = life[0] < 0 ? i : life[0];
                    life[1] = i;
                }
            }
        }
        return lives;
    }

    /** Whether both hold something needed at once; handing over in place is not that. */
    private static boolean together(Program program, Map<Slot, int[]> lives, Slot a, Slot b) {
        boolean inOrder = lives.get(a)[0] <= lives.get(b)[0];
        Slot host = inOrder ? a : b;
        Slot guest = inOrder ? b : a;
        int[] first = lives.get(host);
        int[] second = lives.get(guest);
        if (second[0] > first[1]) {
            return false;
        }
        Op meeting = program.ops().get(second[0]);
        boolean handedOver =
                second[0] == first[1]
                        && meeting.inPlace() == host
                        && meeting.outputs().getFirst() == guest
                        && meeting.inputs().stream().filter(s -> s == host).count() == 1;
        return !handedOver;
    }

    private static boolean overlap(MemoryPlan plan, Slot a, Slot b) {
        MemoryPlan.Place placeA = plan.place(a);
        MemoryPlan.Place placeB = plan.place(b);
        return placeA.piece() == placeB.piece()
                && placeA.offset() < placeB.offset() + bytes(b)
                && placeB.offset() < placeA.offset() + bytes(a);
    }

    private static long bytes(Slot slot) {
        return slot.shape().size(RESERVE) * DataType.BYTES;
    }
}
