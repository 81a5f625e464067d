package gsdm.graph.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

class ConditioningTest {
    private static final long KEY = RandomStream.seed(3);
    private final GraphicalModel model = Examples.factorization(8, 5, 3);

    private float[] draw(Conditioning conditioning, long label) {
        float[] observed = new float[model.nodeCount()];
        conditioning
                .sampler(model)
                .draw(RandomStream.fork(KEY, label), MemorySegment.ofArray(observed), 0);
        return observed;
    }

    /** Names of arrays with all, and in lower case of those with some, elements observed. */
    private String seen(float[] observed) {
        Set<String> names = new TreeSet<>();
        for (ArrayNodes array : model.layout().arrays()) {
            int count = 0;
            for (int node = 0; node < array.count(); node++) {
                assertThat(observed[array.offset() + node]).isIn(0f, 1f);
                count += (int) observed[array.offset() + node];
            }
            if (count > 0) {
                names.add(
                        count == array.count()
                                ? array.name()
                                : array.name().toLowerCase(Locale.ROOT));
            }
        }
        return String.join("", names);
    }

    @Test
    void fixedObservesExactlyItsArrays() {
        for (int label = 0; label < 20; label++) {
            assertThat(seen(draw(Conditioning.fixed("E"), label))).isEqualTo("E");
            assertThat(seen(draw(Conditioning.fixed("A", "E"), label))).isEqualTo("AE");
            assertThat(seen(draw(Conditioning.fixed(), label))).isEmpty();
        }
    }

    @Test
    void oneOfPicksEachAlternative() {
        Conditioning conditioning =
                Conditioning.oneOf(Conditioning.fixed("E"), Conditioning.parse("A, E | none"));
        Map<String, Integer> counts = new TreeMap<>();
        for (int label = 0; label < 3000; label++) {
            counts.merge(seen(draw(conditioning, label)), 1, Integer::sum);
        }
        assertThat(counts.keySet()).containsExactly("", "AE", "E");
        assertThat(counts.values()).allSatisfy(n -> assertThat(n).isBetween(900, 1100));
    }

    @Test
    void randomArraysAreWhole() {
        Map<String, Integer> counts = new TreeMap<>();
        for (int label = 0; label < 4000; label++) {
            counts.merge(seen(draw(Conditioning.randomArrays(0.5), label)), 1, Integer::sum);
        }
        assertThat(counts).hasSize(16);
        assertThat(counts.values()).allSatisfy(n -> assertThat(n).isBetween(180, 320));
    }

    @Test
    void randomElementsHaveTheirShare() {
        double share = 0;
        for (int label = 0; label < 100; label++) {
            for (float each : draw(Conditioning.randomElements(0.3), label)) {
                share += each / model.nodeCount() / 100;
            }
        }
        assertThat(share).isCloseTo(0.3, within(0.02));
    }

    @Test
    void aLaterTermOverrides() {
        assertThat(seen(draw(Conditioning.parse("*:0.5, E"), 1))).isEqualTo("Eacr");
        assertThat(seen(draw(Conditioning.parse("*, E:0.5"), 1))).isEqualTo("ACRe");
    }

    @Test
    void aRestrictionObservesTheSameNodes() {
        Conditioning conditioning = Conditioning.parse("*:0.5 | A?0.5, E:0.3");
        GraphicalModel part =
                model.restrict(
                        Map.of(
                                model.plate("i"),
                                new int[] {6, 1},
                                model.plate("k"),
                                new int[] {2}));
        int[] own = part.layout().ownIndices();
        for (int label = 0; label < 20; label++) {
            float[] whole = draw(conditioning, label);
            float[] some = new float[part.nodeCount()];
            conditioning
                    .sampler(part)
                    .draw(RandomStream.fork(KEY, label), MemorySegment.ofArray(some), 0);
            for (int node = 0; node < own.length; node++) {
                assertThat(some[node]).isEqualTo(whole[own[node]]);
            }
        }
    }

    @Test
    void coversWhatItCanDraw() {
        Conditioning fixed = Conditioning.fixed("E");
        assertThat(fixed.covers(model, Set.of("E"), Set.of())).isTrue();
        assertThat(fixed.covers(model, Set.of("A", "E"), Set.of())).isFalse();
        assertThat(fixed.covers(model, Set.of(), Set.of())).isFalse();
        assertThat(fixed.covers(model, Set.of(), Set.of("E"))).isFalse();
        Conditioning mixed = Conditioning.parse("E | A, E:0.5 | R?0.5");
        assertThat(mixed.covers(model, Set.of("A"), Set.of("E"))).isTrue();
        assertThat(mixed.covers(model, Set.of("A", "E"), Set.of())).isTrue();
        assertThat(mixed.covers(model, Set.of("R"), Set.of())).isTrue();
        assertThat(mixed.covers(model, Set.of(), Set.of())).isTrue();
        assertThat(mixed.covers(model, Set.of("A", "R"), Set.of())).isFalse();
        assertThat(mixed.covers(model, Set.of(), Set.of("R"))).isFalse();
        assertThatThrownBy(() -> fixed.covers(model, Set.of("X"), Set.of()))
                .hasMessageContaining("no array 'X'");
    }

    @Test
    void textReadsBack() {
        for (String text : new String[] {"E", "A, E", "none", "*:0.3, E", "E | A?0.25, E | none"}) {
            assertThat(Conditioning.parse(text)).hasToString(text);
        }
        assertThat(Conditioning.parse(" A ,E|  * : 0.3 ")).hasToString("A, E | *:0.3");
    }

    @Test
    void refusesWhatItCannotRead() {
        assertThatThrownBy(() -> Conditioning.parse("A,,E")).hasMessageContaining("found ''");
        assertThatThrownBy(() -> Conditioning.parse("")).hasMessageContaining("found ''");
        assertThatThrownBy(() -> Conditioning.parse("A:x")).hasMessageContaining("found 'x'");
        assertThatThrownBy(() -> Conditioning.parse("A:1.5"))
                .hasMessageContaining("between 0 and 1");
        assertThatThrownBy(() -> Conditioning.parse("A?NaN"))
                .hasMessageContaining("between 0 and 1");
        assertThatThrownBy(() -> Conditioning.fixed("X").sampler(model))
                .hasMessageContaining("no array 'X'");
    }
}
