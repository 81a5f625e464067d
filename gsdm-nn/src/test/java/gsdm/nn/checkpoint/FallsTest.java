package gsdm.nn.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FallsTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "0-1", "800-1000", "800-1000 900-950 901-2000"})
    void whatIsWrittenIsRead(String text) {
        assertThat(Falls.parse(text)).hasToString(text);
        assertThat(Falls.parse("  " + text.replace(" ", "   "))).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "1-",
                "a-b",
                "-1-2",
                "3-3",
                "3-2",
                "1-2,2-3",
                "5-9 5-10",
                "5-9 4-10",
                "1-99999999999999999999"
            })
    void anythingElseIsNot(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Falls.parse(text))
                .withMessageContaining("found");
    }

    @ParameterizedTest
    @CsvSource({"100,0.25,75-100", "100,1,0-100", "100,0.0001,99-100", "1,0.25,0-1", "7,0.5,3-7"})
    void aShareOfTheStepsIsAtTheEnd(long steps, double share, String expected) {
        assertThat(Falls.atTheEnd(steps, share)).hasToString(expected);
    }

    @Test
    void aRunEndsAtTheLastRevision() {
        Falls falls = Falls.NONE.endingAt(10, 20).endingAt(15, 40).endingAt(30, 35);
        assertThat(falls).hasToString("10-20 15-40 30-35");
        assertThat(falls.end()).isEqualTo(35);
        assertThat(falls.endingAt(15, 17)).hasToString("10-20 15-17");
        assertThat(falls.before(15)).hasToString("10-20");
        assertThat(falls.before(16)).hasToString("10-20 15-40");
        assertThat(falls.begunBy(10)).isFalse();
        assertThat(falls.begunBy(11)).isTrue();
        assertThat(Falls.NONE.begunBy(11)).isFalse();
        assertThat(Falls.NONE.end()).isEqualTo(Long.MAX_VALUE);
    }
}
