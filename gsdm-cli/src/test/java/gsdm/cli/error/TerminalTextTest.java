package gsdm.cli.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TerminalTextTest {

    @Test
    void nothingIsLeftThatATerminalActsOn() {
        assertThat(TerminalText.line("a\u001b[31mb\u0000c\u0085\u007f"))
                .isEqualTo("a\\u001b[31mb\\u0000c\\u0085\\u007f");
        assertThat(TerminalText.line("gpj.\u202eexe \u200b\u2028\ud800"))
                .isEqualTo("gpj.\\u202eexe \\u200b\\u2028\\ud800");
        assertThat(TerminalText.line("a \r\n  b\rc\td")).isEqualTo("a b c\td");
        assertThat(TerminalText.line("größe 数 😀 \\ $1")).isEqualTo("größe 数 😀 \\ $1");
    }

    @Test
    void theMiddleOfAMegabyteIsCounted() {
        for (String each : new String[] {"x", " ", "\n", "\u001b", "😀"}) {
            String line =
                    TerminalText.line("expected, found \"" + each.repeat(1 << 20) + "\"; do this");
            assertThat(line)
                    .startsWith("expected, found \"")
                    .containsPattern("\\.\\.\\. \\([12],\\d{3},\\d{3} characters\\) \\.\\.\\. ")
                    .endsWith("\"; do this")
                    .hasSizeLessThan(10_000);
        }
    }
}
