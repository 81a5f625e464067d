package gsdm.cli.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import gsdm.cli.error.CommandException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

class ObservationFileTest {

    @TempDir Path folder;

    private static final float NAN = Float.NaN;

    private final List<String> notes = new ArrayList<>();

    @Test
    void linesOfTheLastAxisStackIntoObservations() throws IOException {
        ObservationFile two = csv("1,2,3\n4,5,6\n\n7,8,9\n10,11,12\n", 2, 3);
        assertThat(two.count()).isEqualTo(2);
        assertThat(two.values()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        assertThat(two.complete()).isTrue();
    }

    @Test
    void anObservationMayBeOneLine() throws IOException {
        ObservationFile two = csv("1,2,3,4,5,6\r\n7,8,9,10,11,12\r\n", 2, 3);
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
        ObservationFile one = csv("1, ,3\n,5,\n", 2, 3);
        assertThat(one.values()).containsExactly(1, NAN, 3, NAN, 5, NAN);
        assertThat(one.complete()).isFalse();
        assertThat(csv("1\n\n3\n", 3, 1).values()).containsExactly(1, NAN, 3);
    }

    @Test
    void inOneColumnBlankLinesAtTheEndsAreDropped() throws IOException {
        ObservationFile column = csv("\n  \n1\n\t\n3\r\n \n\n", 3);
        assertThat(column.count()).isEqualTo(1);
        assertThat(column.values()).containsExactly(1, NAN, 3);
        ObservationFile scalar = csv("0.5\n\n");
        assertThat(scalar.count()).isEqualTo(1);
        assertThat(scalar.complete()).isTrue();
        assertThat(csv("\n0.5\n\n0.7\n").values()).containsExactly(.5f, NAN, .7f);
        assertThat(csv("x\n\n\n0.5\n\n0.7\n\n").values()).containsExactly(.5f, NAN, .7f);
    }

    /** As pandas and R write a missing value that has a line of its own. */
    @Test
    void inOneColumnQuotesAreAnEmptyCellAtTheEndsToo() throws IOException {
        assertThat(csv("\"\"\n2\n\"\"\n", 3).values()).containsExactly(NAN, 2, NAN);
        assertThat(csv("0\n\"\"\n2\n3\n", 3).values()).containsExactly(NAN, 2, 3);
        assertThat(csv(",\n1,2\n,\n", 2).values()).containsExactly(NAN, NAN, 1, 2, NAN, NAN);
    }

    @Test
    void decimalNumbersAreReadHoweverTheyAreWritten() throws IOException {
        assertThat(csv("1,+2,-3.5,.5,6.,1e3,2E-3,007, 8\t,\"9\"\n", 10).values())
                .containsExactly(1, 2, -3.5f, .5f, 6, 1000, .002f, 7, 8, 9);
        assertThat(csv("-0.0,1.4E-45,3.4028235E38,1e-400\n", 4).values())
                .containsExactly(-0.0f, Float.MIN_VALUE, Float.MAX_VALUE, 0);
    }

    @Test
    void namesOfColumnsArePassedOver() throws IOException {
        for (String names :
                new String[] {
                    "data_1,data_2,data_3", "\"a, b\",\"c\"\"d\",e", "größe,_x,# y", ",b,c", "V1,,"
                }) {
            assertThat(csv(names + "\n1,2,3\n4,5,6\n", 2, 3).values())
                    .containsExactly(1, 2, 3, 4, 5, 6);
        }
        assertThat(csv("x\n1\n2\n").count()).isEqualTo(2);
        assertThatThrownBy(() -> csv("a,b,c\n", 2, 3)).hasMessageContaining("below the names");
    }

    @Test
    void aLineThatCountsItsColumnsIsNamesWhereTheLinesShowIt() throws IOException {
        assertThat(csv("0,1,2\n1,2,3\n4,5,6\n", 2, 3).values()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(csv("1,2,3\n1,2,3\n4,5,6\n", 2, 3).values()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(csv("0\n7\n8\n9\n", 3).values()).containsExactly(7, 8, 9);
        assertThat(csv("0,1,2\n4,5,6\n", 2, 3).values()).containsExactly(0, 1, 2, 4, 5, 6);
        assertThat(csv("0,1,2\n", 3).values()).containsExactly(0, 1, 2);
        assertThat(csv("0\n1\n").count()).isEqualTo(2);
        assertThat(notes).isEmpty();
    }

    @Test
    void aLineThatMayOrMayNotBeNamesIsSaidToBe() throws IOException {
        assertThat(csv("0,1,2\n0.5,1,2\n", 3).values()).containsExactly(.5f, 1, 2);
        assertThat(csv("1,2,3\n0.5,1,2\n", 3).count()).isEqualTo(2);
        assertThat(csv("0,1\n1,0\n", 2).count()).isEqualTo(2);
        assertThat(notes)
                .hasSize(3)
                .first(STRING)
                .contains("E.csv: the first line counts", "taken for names", "--header no");
        assertThat(notes.get(1)).contains("taken for numbers", "--header yes");
    }

    @Test
    void theUserHasTheLastWord() throws IOException {
        Path file = Files.writeString(folder.resolve("E.csv"), "0,1,2\n0.5,1,2\n7,8,9\n");
        assertThat(ObservationFile.read(file, "E", CsvHeader.NO, notes::add, 3).count())
                .isEqualTo(3);
        assertThat(ObservationFile.read(file, "E", CsvHeader.YES, notes::add, 3).count())
                .isEqualTo(2);
        assertThat(notes).isEmpty();
        Files.writeString(file, "a,b,c\n1,2,3\n");
        assertThatThrownBy(() -> ObservationFile.read(file, "E", CsvHeader.NO, notes::add, 3))
                .hasMessageContaining("E.csv:1: column 1:");
        Files.writeString(file, "1st,2nd,nan\n1,2,3\n");
        assertThat(ObservationFile.read(file, "E", CsvHeader.YES, notes::add, 3).values())
                .containsExactly(1, 2, 3);
    }

    @Test
    void missingNumbersAreNoNames() {
        for (String line : new String[] {"nan,NaN,nan", "NA,,", "inf,-inf,Infinity", "x,1,y"}) {
            assertThatThrownBy(() -> csv(line + "\n1,2,3\n", 3))
                    .hasMessageContaining("E.csv:1: column 1: expected a finite number")
                    .hasMessageEndingWith("--header yes");
        }
    }

    @Test
    void aColumnOfLineNumbersIsPointedOut() {
        for (String names : new String[] {",a,b,c", ",0,1,2", "\"\",\"V1\",\"V2\",\"V3\""}) {
            assertThatThrownBy(() -> csv(names + "\n0,1,2,3\n1,4,5,6\n", 2, 3))
                    .hasMessageContaining("found 4 columns and ")
                    .hasMessageEndingWith("leave out a column that numbers the lines");
        }
    }

    @Test
    void semicolonsAndTabsSeparateToo() throws IOException {
        assertThat(csv("a;b;c\r\n1;2;3\r\n4;;6\r\n", 2, 3).values())
                .containsExactly(1, 2, 3, 4, NAN, 6);
        assertThat(csv("1\t2\t3\n\t5\t6\n", 2, 3).values()).containsExactly(1, 2, 3, NAN, 5, 6);
        assertThat(csv("1,\t2 ,\t3\n", 3).values()).containsExactly(1, 2, 3);
        assertThat(csv("\"a;b\",c,d\n1,2,3\n", 3).values()).containsExactly(1, 2, 3);
        assertThat(csv("\t1\t\n2 \t\n", 2).values()).containsExactly(1, 2);
        assertThat(csv("1,2,3\r4,5,6\r", 2, 3).count()).isEqualTo(1);
        assertThatThrownBy(() -> csv("1,5;2;3\n", 3))
                .hasMessageContaining("E.csv:1: column 1:")
                .hasMessageContaining("found \"1,5\"");
    }

    @Test
    void utf16SaysSoItself() throws IOException {
        for (Charset charset : new Charset[] {UTF_16, UTF_16LE, UTF_16BE, UTF_8}) {
            String mark = charset.equals(UTF_16) ? "" : "\uFEFF"; // which UTF_16 writes itself
            Path file = folder.resolve("E.csv");
            Files.write(file, (mark + "größe;x\n1;2\n").getBytes(charset));
            assertThat(read(file, 2).values()).containsExactly(1, 2);
        }
    }

    @Test
    void brokenQuotesAreNamedByLine() {
        assertThatThrownBy(() -> csv("1,2,3\n4,\"5,6\n", 2, 3))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("E.csv: not a CSV file: Unclosed quoted field")
                .hasMessageContaining("line 2");
        assertThatThrownBy(() -> csv("1,2,3\n4,\"5\"5,6\n", 2, 3))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("line 2");
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        float[] values = {-0.0f, Float.MIN_VALUE, -Float.MAX_VALUE, 1 / 3f, 1e7f, 123456.79f};
        for (int[] shape : new int[][] {{}, {1}, {3}, {2, 3}, {3, 2, 1}, {6}}) {
            int size = (int) NpyArray.size(shape);
            Path file =
                    SampleFiles.write(
                            folder, "E", SampleFiles.Format.CSV, 6 / size, 1, shape, values);
            ObservationFile read = read(file, shape);
            assertThat(read.values()).containsExactly(values);
            assertThat(read.count()).isEqualTo(6 / size);
            assertThat(read.complete()).isTrue();
        }
    }

    @Test
    void badCellsAreNamedByLineAndColumn() {
        for (String bad :
                new String[] {
                    "NaN",
                    "x",
                    "inf",
                    "Infinity",
                    "1e99",
                    "1e39",
                    "1;2",
                    "1d",
                    "1.5f",
                    "2D",
                    "3F",
                    "1e1d",
                    "0x1p3",
                    "0x10",
                    "1_000",
                    "1 000",
                    "1'000",
                    "--1",
                    "+-1",
                    "1e",
                    "e1",
                    ".",
                    "-",
                    "1.2.3",
                    "1e1.5",
                    "5%",
                    "$5",
                    "\u0661",
                    "\uff11",
                    "\u22121",
                    "\u00bd",
                    "1\u0000",
                    "\u00011",
                    "\u001b[1",
                    "1\u000b",
                    "\u00a01",
                    "1\u2028",
                    "\uFEFF1"
                }) {
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
        assertThatThrownBy(() -> read(Files.createFile(folder.resolve("E.mat")), 2))
                .hasMessageContaining(".csv or .npy");
    }

    @Test
    void binaryIsNotText() throws IOException {
        Path file = Files.write(folder.resolve("E.csv"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThatThrownBy(() -> read(file, 1)).hasMessageContaining("not a text");
    }

    @Test
    void npyTakesOneOrManyObservations() throws IOException {
        Path file = folder.resolve("E.npy");
        float[] values = new float[12];
        Arrays.fill(values, 2);
        NpyFile.write(file, new NpyArray(new int[] {2, 2, 3}, values));
        assertThat(read(file, 2, 3).count()).isEqualTo(2);
        assertThat(read(file, 2, 2, 3).count()).isEqualTo(1);
        assertThatThrownBy(() -> read(file, 3, 2))
                .hasMessageContaining(
                        "expected E of shape [3, 2] or [observations, 3, 2], found [2, 2, 3]");
        values[7] = Float.NaN;
        NpyFile.write(file, new NpyArray(new int[] {2, 2, 3}, values));
        assertThatThrownBy(() -> read(file, 2, 3)).hasMessageContaining("found NaN at entry 7");
    }

    private ObservationFile csv(String text, int... shape) throws IOException {
        return read(Files.writeString(folder.resolve("E.csv"), text), shape);
    }

    private ObservationFile read(Path file, int... shape) throws IOException {
        return ObservationFile.read(file, "E", CsvHeader.AUTO, notes::add, shape);
    }
}
