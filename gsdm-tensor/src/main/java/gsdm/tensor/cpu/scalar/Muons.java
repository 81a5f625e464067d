package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Muon;
import gsdm.tensor.program.StepState;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** {@link Muon}. An item is a matrix; nothing is done where the step is refused. */
final class Muons implements Part {
    private final List<Item> items = new ArrayList<>();
    private final Floats state;
    private final Deque<NewtonSchulz> idle = new ArrayDeque<>(); // as many as threads were
    private final int largest;
    private final int widest;
    private double clip;

    /** A matrix [rows, columns] that begins at an entry of its slots. */
    private record Item(
            Floats parameters, Floats gradients, Floats momentum, long at, int rows, int columns) {
        int shorter() {
            return Math.min(rows, columns);
        }

        /** Where an entry is in the matrix that is iterated on, whose rows are the shorter ones. */
        int place(int row, int column) {
            return rows < columns ? column * rows + row : row * columns + column;
        }
    }

    Muons(Muon op, Addresses at) {
        state = Floats.of(op.state(), at);
        for (Muon.Matrix matrix : op.matrices()) {
            int rows = op.rows(matrix);
            int columns = op.columns(matrix);
            for (int part = 0; part < matrix.parts(); part++) {
                items.add(
                        new Item(
                                Floats.of(op.parameters().slots().get(matrix.index()), at),
                                Floats.of(op.gradients().slots().get(matrix.index()), at),
                                Floats.of(op.momentum().slots().get(matrix.index()), at),
                                (long) part * rows * columns,
                                rows,
                                columns));
            }
        }
        largest = items.stream().mapToInt(item -> item.rows * item.columns).max().orElse(0);
        widest = items.stream().mapToInt(Item::shorter).max().orElse(0);
    }

    @Override
    public int prepare(Extents extents) {
        clip = Updates.clip(state);
        return state.get(StepState.REFUSED) == 0 ? items.size() : 0;
    }

    @Override
    public void compute(int number, int block) {
        Item item = items.get(number);
        NewtonSchulz matrix = take();
        double share = state.get(StepState.MOMENTUM);
        double rate = state.get(StepState.LEARNING_RATE) * Muon.scale(item.rows, item.columns);
        for (int r = 0; r < item.rows; r++) {
            for (int c = 0; c < item.columns; c++) {
                long i = item.at + r * item.columns + c;
                double gradient = (1 - share) * clip * item.gradients.get(i);
                item.momentum.set(i, share * item.momentum.get(i) + gradient);
                matrix.set(item.place(r, c), share * item.momentum.get(i) + gradient);
            }
        }
        matrix.run(item.rows * item.columns / item.shorter(), item.shorter());
        for (int r = 0; r < item.rows; r++) {
            for (int c = 0; c < item.columns; c++) {
                long i = item.at + r * item.columns + c;
                double step = rate * matrix.get(item.place(r, c));
                item.parameters.set(i, item.parameters.get(i) - step);
            }
        }
        giveBack(matrix);
    }

    private synchronized NewtonSchulz take() {
        return idle.isEmpty() ? new NewtonSchulz(largest, widest) : idle.pop();
    }

    private synchronized void giveBack(NewtonSchulz matrix) {
        idle.push(matrix);
    }
}
