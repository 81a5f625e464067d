package gsdm.cli.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.cli.error.CommandException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

class ObservationsTest {

    @TempDir Path folder;

    @Test
    void linesOfTheLastAxisStackIntoObservations() throws IOException {
        Observations two = csv("1,2,3\n4,5,6\n\n7,8,9\n10,11,12\n", 2, 3);
        assertThat(two.count()).isEqualTo(2);
        assertThat(two.values()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        assertThat(two.complete()).isTrue();
    }

    @Test
    void anObservationMayBeOneLine() throws IOException {
        Observations two = csv("1,2,3,4,5,6\r\n7,8,9,10,11,12\r\n", 2, 3);
        assertThat(two.count()).isEqualTo(2);
        assertThat(two.values()).endsWith(10, 11, 12);
        assertThat(csv("1\n2\n3\n", 3).count()).isEqualTo(1);
        assertThat(csv("1,2,3", 3).count()).isEqualTo(1);
        assertThat(csv("1\n2\n", 1).count()).isEqualTo(2);
        assertThat(csv("\uFEFF1\n").count()).isEqualTo(1);
        assertThat(csv("1,2\n3,4\n5,6\n7,8\n", 2, 2, 2).count()).isEqualTo(1);
    }

    @Test
    void emptyCellsAreUnobserved() throws IOException {
        Observations one = csv("1, ,3\n,5,\n", 2, 3);
        assertThat(one.observed()).containsExactly(true, false, true, false, true, false);
        assertThat(one.values()).containsExactly(1, 0, 3, 0, 5, 0);
        assertThat(one.complete()).isFalse();
        assertThat(csv("1\n\n3\n", 3, 1).observed()).containsExactly(true, false, true);
    }

    @Test
    void inOneColumnAnEmptyLineIsAnEmptyCellFirstOrNot() throws IOException {
        Path file = Files.writeString(folder.resolve("x.csv"), "\n2\n\n");
        Observations read = Observations.read(file, "x", new int[] {3});
        assertThat(read.observed()).containsExactly(false, true, false);
    }

    @Test
    void badCellsAreNamedByLineAndColumn() {
        for (String bad : new String[] {"NaN", "x", "inf", "1e99", "1;2", "\"3\""}) {
            assertThatThrownBy(() -> csv("1,2,3\n4," + bad + ",6\n", 2, 3))
                    .isInstanceOf(CommandException.class)
                    .hasMessageContaining("E.csv:2: column 2:")
                    .hasMessageContaining("found \"" + bad + "\"");
        }
    }

    @Test
    void wrongShapesSayWhatIsExpected() {
        assertThatThrownBy(() -> csv("1,2,3\n4,5\n", 2, 3))
                .hasMessageContaining("E.csv:2: expected 3");
        assertThatThrownBy(() -> csv("1,2,3\n", 2, 3))
                .hasMessageContaining(
                        "expected E as 6 columns (an observation a line) or 3 columns and a"
                                + " multiple of 2 lines, found 3 columns and 1 lines");
        assertThatThrownBy(() -> csv("1,2\n", 2, 3)).hasMessageContaining("found 2 columns");
        assertThatThrownBy(() -> csv("\n", 2, 3)).hasMessageContaining("found none");
        assertThatThrownBy(() -> Observations.read(folder.resolve("E.mat"), "E", 2))
                .hasMessageContaining(".csv or .npy");
    }

    @Test
    void binaryIsNotText() throws IOException {
        Path file = Files.write(folder.resolve("E.csv"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThatThrownBy(() -> Observations.read(file, "E", 1))
                .hasMessageContaining("not a text");
    }

    @Test
    void npyTakesOneOrManyObservations() throws IOException {
        Path file = folder.resolve("E.npy");
        float[] values = new float[12];
        Arrays.fill(values, 2);
        NpyFile.write(file, new NpyArray(new int[] {2, 2, 3}, values));
        assertThat(Observations.read(file, "E", 2, 3).count()).isEqualTo(2);
        assertThat(Observations.read(file, "C", 2, 2, 3).count()).isEqualTo(1);
        assertThatThrownBy(() -> Observations.read(file, "E", 3, 2))
                .hasMessageContaining(
                        "expected E of shape [3, 2] or [observations, 3, 2], found [2, 2, 3]");
        values[7] = Float.NaN;
        NpyFile.write(file, new NpyArray(new int[] {2, 2, 3}, values));
        assertThatThrownBy(() -> Observations.read(file, "E", 2, 3))
                .hasMessageContaining("found NaN at entry 7");
    }

    private Observations csv(String text, int... shape) throws IOException {
        return Observations.read(Files.writeString(folder.resolve("E.csv"), text), "E", shape);
    }
}
