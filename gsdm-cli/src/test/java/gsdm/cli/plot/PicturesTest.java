package gsdm.cli.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.cli.error.CommandException;
import gsdm.cli.error.ExitCode;

import org.junit.jupiter.api.Test;

import java.awt.HeadlessException;
import java.io.IOException;
import java.util.List;

class PicturesTest {

    @Test
    void whateverAwtThrowsIsAFailureWithItsReason() {
        List<Throwable> thrown =
                List.of(
                        new Error("no fonts"),
                        new InternalError("no fonts"),
                        new UnsatisfiedLinkError("no fonts"),
                        new HeadlessException("no fonts"),
                        new ExceptionInInitializerError(new IllegalStateException("no fonts")));
        for (Throwable failure : thrown) {
            assertThatThrownBy(() -> Pictures.draw("mask.png", () -> fail(failure)))
                    .isInstanceOfSatisfying(
                            CommandException.class,
                            e -> assertThat(e.exitCode()).isEqualTo(ExitCode.FAILURE))
                    .hasMessageContaining("mask.png cannot be drawn", "no fonts");
        }
    }

    @Test
    void whatCannotBeWrittenIsNoMatterOfDrawing() {
        IOException full = new IOException("No space left on device");
        assertThatThrownBy(() -> Pictures.draw("mask.png", () -> fail(full))).isSameAs(full);
    }

    private static void fail(Throwable thrown) throws IOException {
        switch (thrown) {
            case IOException io -> throw io;
            case RuntimeException e -> throw e;
            default -> throw (Error) thrown;
        }
    }
}
