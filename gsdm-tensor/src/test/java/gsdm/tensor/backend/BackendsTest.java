package gsdm.tensor.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

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

    @Test
    void noThreadsIsAnError() {
        assertThatThrownBy(() -> Backends.open("scalar", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("threads");
    }
}
