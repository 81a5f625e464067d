package gsdm.tensor.cpu.vector.matmul;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.cpu.vector.OpCase;
import gsdm.tensor.cpu.vector.blocks.RowPanels;
import gsdm.tensor.program.MatMul;
import gsdm.tensor.program.Slot;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

class MatMulTest {
    private static final double TOLERANCE = 1e-5;

    static Stream<int[]> sizes() {
        return Stream.of(
                new int[] {1, 1, 1},
                new int[] {1, 13, 207},
                new int[] {13, 207, 1},
                new int[] {207, 1, 13},
                new int[] {61, 13, 4098},
                new int[] {13, 4098, 61},
                new int[] {4098, 13, 17},
                new int[] {200, 64, 64},
                new int[] {6, 16, 16},
                new int[] {97, 64, 192});
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void allTransposes(int[] sizes) {
        int m = sizes[0];
        int k = sizes[1];
        int n = sizes[2];
        for (int choice = 0; choice < 16; choice++) {
            boolean ta = (choice & 1) != 0;
            boolean tb = (choice & 2) != 0;
            OpCase test = new OpCase(choice);
            Slot a = ta ? test.floats("a", k, m) : test.floats("a", m, k);
            Slot b = tb ? test.floats("b", n, k) : test.floats("b", k, n);
            Slot bias = (choice & 4) != 0 ? test.floats("bias", n) : Slot.NONE;
            Slot add = (choice & 8) != 0 ? test.floats("add", m, n) : Slot.NONE;
            Slot out = test.empty("out", m, n);
            test.check(TOLERANCE, new MatMul(a, b, ta, tb, bias, add, out), out);
        }
    }

    @ParameterizedTest
    @CsvSource({"13, 207", "64, 64", "5, 33"})
    void addsInPlace(int rows, int columns) {
        OpCase test = new OpCase(7);
        Slot a = test.floats("a", rows, 31);
        Slot b = test.floats("b", columns, 31);
        Slot bias = test.floats("bias", columns);
        Slot out = test.floats("out", rows, columns);
        test.check(TOLERANCE, new MatMul(a, b, false, true, bias, out, out), out);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void linearGradient(int[] sizes) {
        int rows = sizes[0] == 13 ? 4098 : sizes[0];
        int k = Math.min(sizes[1], 300);
        int n = Math.min(sizes[2], 300);
        OpCase test = new OpCase(3);
        Slot dOut = test.floats("dOut", rows, n);
        Slot x = test.floats("x", rows, k);
        Slot dWeight = test.empty("dWeight", n, k);
        Slot dBias = test.empty("dBias", n);
        test.check(TOLERANCE, new MatMul.LinearGradient(dOut, x, dWeight, dBias), dWeight, dBias);
    }

    @Test
    void panelsDependOnRowsAloneAndStayBelowTheirLimit() {
        int previous = 0;
        for (int rows = 1; rows < 3_000_000; rows += 1 + rows / 10) {
            int panels = RowPanels.count(rows);
            assertThat(panels).isBetween(Math.max(previous, 1), RowPanels.MOST);
            assertThat(RowPanels.first(0, panels, rows)).isZero();
            assertThat(RowPanels.first(panels, panels, rows)).isEqualTo(rows);
            previous = panels;
        }
    }
}
