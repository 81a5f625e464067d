package gsdm.tensor.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.tensor.ChildProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

class BackendsTest {
    @Test
    void scalarIsAlwaysThereAndNeverTheBestOfMore() {
        assertThat(Backends.candidates())
                .anySatisfy(candidate -> {
                    assertThat(candidate.provider().name()).isEqualTo("scalar");
                    assertThat(candidate.probe()).isInstanceOf(BackendProvider.Usable.class);
                });
        assertThat(Backends.candidates())
                .extracting(Backends.Candidate::score)
                .isSortedAccordingTo((a, b) -> Integer.compare(b, a));
    }

    @Test
    void aNameOpensThatBackend() {
        try (Backend backend = Backends.open("scalar", 2)) {
            assertThat(backend.name()).isEqualTo("scalar");
            assertThat(backend.threads()).isEqualTo(2);
            assertThat(backend.description()).startsWith("scalar (").endsWith("2 threads)");
        }
    }

    @Test
    void autoTakesTheBestUsable() {
        try (Backend backend = Backends.open(Backends.AUTO, 1)) {
            assertThat(backend.name())
                    .isEqualTo(Backends.candidates().getFirst().provider().name());
        }
    }

    @Test
    void anUnknownNameNeverFallsBackAndListsTheKnown() {
        assertThatThrownBy(() -> Backends.open("abacus", 1))
                .isInstanceOf(BackendUnavailableException.class)
                .hasMessageContaining("abacus")
                .hasMessageContaining("scalar");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 100_000, Integer.MAX_VALUE})
    void threadsThatCannotBeStartedAreAnError(int threads) {
        assertThatThrownBy(() -> Backends.open("scalar", threads))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("threads");
    }

    /** Opens the best there is, twice, and a named one. */
    static final class OpensTwice {
        private OpensTwice() {}

        public static void main(String[] arguments) {
            System.setErr(System.out); // where warnings go
            Backends.open(Backends.AUTO, 1).close();
            Backends.open(Backends.AUTO, 1).close();
            Backends.open("scalar", 1).close();
        }
    }

    @Test
    void aProcessIsToldOnceWhyItGetsTheSlowBackend() throws Exception {
        assertThat(ChildProcess.output(List.of(), OpensTwice.class))
                .containsOnlyOnce(
                        "computing on device scalar, which is slower: device vector cannot be used:"
                                + " Java runs without the Vector API; start it with --add-modules"
                                + " jdk.incubator.vector");
        assertThat(ChildProcess.output(List.of(ChildProcess.VECTORS), OpensTwice.class)).isEmpty();
    }
}
