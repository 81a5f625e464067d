package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.graph.model.Array;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.ModelException;
import gsdm.graph.model.Plate;
import gsdm.graph.model.Scale;
import gsdm.graph.problem.Problems;
import gsdm.graph.subgraph.PlateSubgraph;
import gsdm.graph.subgraph.SubgraphSampler;
import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.checkpoint.Falls;
import gsdm.nn.layout.EmbeddingKind;
import gsdm.nn.layout.LayoutBudget;
import gsdm.nn.layout.NodeDefinitions;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.network.WeightKind;
import gsdm.nn.train.Batch;
import gsdm.nn.train.BatchPart;
import gsdm.nn.train.BatchSource;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.random.RandomStream;
import gsdm.tensor.sparse.SparsePattern;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Steps that are of a part of the graph. */
class SubgraphTrainingTest {
    private static final Conditioning OBSERVED = Conditioning.fixed("E");
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final GraphicalModel FACTORIZATION =
            Problems.named("matrix-factorization")
                    .build(Map.of("rows", "9", "cols", "7", "rank", "3"))
                    .model();

    /** Discrete arrays of two kinds over two plates. */
    private static final GraphicalModel GRID =
            GraphicalModel.define(m -> {
                Plate i = m.plate("i", 5);
                Plate j = m.plate("j", 6);
                Array kind = m.categorical("kind", 2, i, j);
                Array mood = m.categorical("mood", 3, j);
                Array noise = m.normal("noise", i, j);
                m.let("x", kind.at(i, j).plus(mood.at(j)).plus(noise.at(i, j)), i, j);
            });

    static List<GraphicalModel> models() {
        return List.of(
                FACTORIZATION, GRID, Mixture.MODEL, Problems.named("bnn").build(Map.of()).model());
    }

    private static RunSettings settings(SubgraphKind kind, double budget, int pool) {
        return RunSettings.DEFAULTS
                .with(TestSettings.network(8, 2))
                .with(
                        TrainingSettings.DEFAULTS
                                .withBatch(3)
                                .withSubgraph(kind)
                                .withBudget(budget)
                                .withSubgraphPool(pool))
                .with(SamplingSettings.DEFAULTS.withSteps(3));
    }

    private static RunHeader header(GraphicalModel model, RunSettings settings) {
        return new RunHeader(
                0, 5, Falls.NONE, settings, Conditioning.parse("*:0.4"), Scale.estimate(model, 0));
    }

    /** Drawn by restricting the model, and picked from the layout of the whole. */
    @ParameterizedTest
    @MethodSource("models")
    void aPartOfPlatesIsThePartOfTheWholeLayout(GraphicalModel model) {
        Map<String, Scale> scales = Scale.estimate(model, 0);
        SubgraphSampler sampler =
                SubgraphSampler.of(
                        SubgraphSampler.Kind.PLATE, model, Math.max(1, model.nodeCount() / 4));
        for (EmbeddingKind embedding : EmbeddingKind.values()) {
            ModelSettings settings = ModelSettings.DEFAULTS.withEmbedding(embedding);
            VariableLayout whole = Layouts.of(model, settings, scales);
            assertThat(Layouts.signature(model, embedding, scales)).isEqualTo(whole.signature());
            for (int draw = 0; draw < 4; draw++) {
                PlateSubgraph drawn = (PlateSubgraph) sampler.draw(RandomStream.seed(draw));
                VariableLayout own = Layouts.of(drawn.part(), settings, scales);
                requireSame(own, whole.part(Arena.ofAuto(), drawn.nodes()));
                LayoutBudget room = PartSizes.of(drawn.part(), true);
                LayoutBudget exact = LayoutBudget.of(own);
                assertThat(room.holds(exact)).isTrue();
                assertThat(room.instructions()).isEqualTo(exact.instructions());
                assertThat(room.reads()).isEqualTo(exact.reads());
                assertThat(room.values()).isEqualTo(exact.values());
                if (model == FACTORIZATION) { // where no two reads of a node meet
                    assertThat(room).isEqualTo(exact);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aPartWithinAnotherNeedsNoMoreRoom(GraphicalModel model) {
        List<GraphicalModel> parts = new ArrayList<>();
        for (int share = 2; share < 5; share++) {
            SubgraphSampler sampler =
                    SubgraphSampler.of(
                            SubgraphSampler.Kind.PLATE,
                            model,
                            Math.max(1, model.nodeCount() / share));
            for (int draw = 0; draw < 12; draw++) {
                parts.add(((PlateSubgraph) sampler.draw(RandomStream.seed(draw))).part());
            }
        }
        List<LayoutBudget> rooms = parts.stream().map(part -> PartSizes.of(part, true)).toList();
        int within = 0;
        for (int one = 0; one < parts.size(); one++) {
            assertThat(parts.get(one).isWithin(parts.get(one))).isTrue();
            assertThat(parts.get(one).isWithin(model)).isTrue();
            for (int other = 0; other < parts.size(); other++) {
                if (parts.get(one).isWithin(parts.get(other))) {
                    assertThat(rooms.get(other).holds(rooms.get(one))).isTrue();
                    within += one == other ? 0 : 1;
                }
            }
        }
        assertThat(within).isPositive();
    }

    /** Indices of one plate read along another: which they are matters, not how many alone. */
    @Test
    void whichIndicesAreKeptMattersWherePlatesReadOneAnother() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 6);
                    Plate j = m.plate("j", 6);
                    Array x = m.normal("x", i);
                    m.let("y", x.at(j), j);
                });
        Plate i = model.plate("i");
        Plate j = model.plate("j");
        GraphicalModel apart = model.restrict(Map.of(i, new int[] {0, 1}, j, new int[] {2, 3}));
        GraphicalModel together = model.restrict(Map.of(i, new int[] {2, 3}, j, new int[] {2, 3}));
        assertThat(together.isWithin(apart)).isFalse();
        assertThat(together.isWithin(model)).isTrue();
        assertThat(PartSizes.of(together, true).edges())
                .isGreaterThan(PartSizes.of(apart, true).edges());
    }

    /** An element of the result reads all of another array. */
    private static GraphicalModel dense(int rows, int cols) {
        return GraphicalModel.define(m -> {
            Plate i = m.plate("i", rows);
            Plate j = m.plate("j", cols);
            Array a = m.normal("A", i);
            Array b = m.normal("B", j);
            m.let("E", a.at(i).times(b.at(j)).sum(j), i);
        });
    }

    @ParameterizedTest
    @EnumSource(SubgraphKind.class)
    void aGraphOfMoreEdgesThanAMaskHoldsIsRefused(SubgraphKind kind) {
        GraphicalModel model = dense(40_000, 50_000);
        try (Backend backend = Backends.open("scalar", 1)) {
            assertThatThrownBy(() ->
                            Training.size(backend, model, OBSERVED, settings(kind, 0.01, 1), 0))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("4000210000 edges")
                    .hasMessageContaining("lower a plate");
        }
    }

    @Test
    @Tag("slow")
    void aPartOfMoreEdgesThanAMaskHoldsIsRefused() {
        GraphicalModel model = dense(33_001, 33_000);
        int[] kept = IntStream.range(0, 33_000).toArray();
        GraphicalModel part = model.restrict(Map.of(model.plate("i"), kept));
        assertThatThrownBy(() -> PartSizes.of(part, false))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("the model has 2178165000 edges")
                .hasMessageContaining("lower a plate or the budget of subgraphs");
    }

    private static void requireSame(VariableLayout one, VariableLayout other) {
        assertThat(other.arrays()).isEqualTo(one.arrays());
        assertThat(other.signature()).isEqualTo(one.signature());
        assertThat(other.index()).isEqualTo(one.index());
        assertThat(other.positions()).isEqualTo(one.positions());
        assertThat(places(other)).isEqualTo(places(one));
        SparsePattern mask = one.mask();
        assertThat(other.mask().edges()).isEqualTo(mask.edges());
        for (int row = 0; row < mask.rows(); row++) {
            assertThat(other.mask().degree(row)).isEqualTo(mask.degree(row));
            for (int entry = 0; entry < mask.degree(row); entry++) {
                assertThat(other.mask().column(row, entry)).isEqualTo(mask.column(row, entry));
            }
        }
        NodeDefinitions definitions = one.definitions();
        assertThat(other.definitions().pointers()).isEqualTo(definitions.pointers());
        assertThat(other.definitions().codes()).isEqualTo(definitions.codes());
        assertThat(other.definitions().operands()).isEqualTo(definitions.operands());
        assertThat(other.definitions().constants()).isEqualTo(definitions.constants());
        assertThat(other.definitions().readPointers()).isEqualTo(definitions.readPointers());
        assertThat(other.definitions().reads()).isEqualTo(definitions.reads());
    }

    private static int[] places(VariableLayout layout) {
        int[] places = new int[layout.nodes()];
        layout.writePlaces(MemorySegment.ofArray(places));
        return places;
    }

    /** Without folding, which may know more of the whole. */
    @ParameterizedTest
    @MethodSource("models")
    void examplesOfAPartAreThoseOfTheWholeModel(GraphicalModel model) {
        RunSettings settings = settings(SubgraphKind.PLATE, 0.3, 4);
        settings = settings.with(settings.model().withFolding(false));
        RunHeader header = header(model, settings);
        try (Backend backend = Backends.open("scalar", 2)) {
            VariableLayout whole = Layouts.of(model, settings.model(), header.scales());
            ModelBatches batches = ModelBatches.of(backend, model, whole, header);
            SubgraphSampler sampler =
                    SubgraphSampler.of(
                            SubgraphSampler.Kind.PLATE, model, Math.max(1, model.nodeCount() / 3));
            PlateParts parts = new PlateParts(backend, header);
            for (int draw = 0; draw < 3; draw++) {
                PlateSubgraph drawn = (PlateSubgraph) sampler.draw(RandomStream.seed(draw));
                StepData part = parts.make(drawn);
                Batch own = fill(part.layout(), part.examples());
                Batch picked =
                        fill(
                                part.layout(),
                                new PickedBatches(batches, drawn.nodes(), part.layout()));
                assertThat(picked.values().toArray(FLOAT)).isEqualTo(own.values().toArray(FLOAT));
                assertThat(picked.observed().toArray(FLOAT))
                        .isEqualTo(own.observed().toArray(FLOAT))
                        .contains(0)
                        .contains(1);
            }
        }
    }

    private static Batch fill(VariableLayout layout, BatchSource source) {
        Batch batch =
                new Batch(
                        BatchPart.whole(3),
                        MemorySegment.ofArray(new float[3 * layout.values()]),
                        MemorySegment.ofArray(new float[3 * layout.nodes()]));
        source.fill(7, batch);
        return batch;
    }

    /** Whatever the threads, and whether it was stopped on the way. */
    @ParameterizedTest
    @CsvSource({"PLATE, 4", "PLATE, 0", "KHOP, 4", "KHOP, 0", "NODE, 4", "NODE, 0"})
    void aRunIsAFunctionOfItsSeed(SubgraphKind kind, int pool, @TempDir Path folder)
            throws IOException {
        RunSettings settings = settings(kind, 0.4, pool);
        Path straight = folder.resolve("straight");
        try (Backend backend = Backends.open(Backends.AUTO, 1);
                Training training = start(backend, FACTORIZATION, settings)) {
            training.run(6);
            training.save(straight);
        }
        Path broken = folder.resolve("broken");
        Path resumed = folder.resolve("resumed");
        try (Backend backend = Backends.open(Backends.AUTO, 3)) {
            try (Training training = start(backend, FACTORIZATION, settings)) {
                training.run(3);
                training.save(broken);
            }
            try (Checkpoint checkpoint = Checkpoint.open(broken);
                    Training training = Training.resume(backend, FACTORIZATION, checkpoint)) {
                training.run(3);
                training.save(resumed);
            }
        }
        assertThat(Files.mismatch(straight, resumed)).isEqualTo(-1);
    }

    private static Training start(Backend backend, GraphicalModel model, RunSettings settings) {
        return Training.start(backend, model, OBSERVED, settings, 2, 100);
    }

    /** Steps are of parts, and the posterior of the whole. */
    @ParameterizedTest
    @EnumSource
    void whatIsTrainedOnPartsAnswersForTheWhole(SubgraphKind kind) {
        RunSettings settings = settings(kind, 0.4, 4);
        try (Backend backend = Backends.open(Backends.AUTO, 1);
                Training training = start(backend, FACTORIZATION, settings)) {
            training.run(4);
            long flops = training.flopsPerStep();
            try (Training whole = start(backend, FACTORIZATION, settings(SubgraphKind.NONE, 1, 1));
                    Posterior posterior = training.posterior(WeightKind.EMA, settings.sampling())) {
                assertThat(flops < whole.flopsPerStep()).isEqualTo(kind != SubgraphKind.NONE);
                assertThat(training.bytesReserved() < whole.bytesReserved())
                        .isEqualTo(kind != SubgraphKind.NONE);
                assertThat(training.bytesReserved())
                        .isEqualTo(
                                Training.size(backend, FACTORIZATION, OBSERVED, settings, 2)
                                        .memory()
                                        .total());
                float[] factors =
                        posterior.sample(Observations.none(FACTORIZATION, 1), 2, 1).array("A");
                assertThat(factors).hasSize(2 * 9 * 3);
            }
        }
    }

    /** Parts that lack whole arrays and kinds, and some of which everything is observed. */
    @ParameterizedTest
    @ValueSource(strings = {"scalar", Backends.AUTO})
    void aPartMayHaveNoNodeOfAnArray(String device) {
        RunSettings settings = settings(SubgraphKind.NODE, 2, 0);
        try (Backend backend = Backends.open(device, 2);
                Training training =
                        Training.start(
                                backend, GRID, Conditioning.parse("x:0.5"), settings, 2, 40)) {
            training.run(40);
            assertThat(training.steps()).isEqualTo(40);
        }
    }

    @Test
    void everySubgraphOfAPoolIsChosenAlike() {
        RunSettings settings = settings(SubgraphKind.PLATE, 0.4, 8);
        Map<List<Integer>, Integer> counts = new HashMap<>();
        try (Backend backend = Backends.open("scalar", 1);
                Subgraphs subgraphs = subgraphs(backend, settings)) {
            int steps = 800;
            for (int step = 1; step <= steps; step++) {
                VariableLayout layout = subgraphs.at(step).layout();
                assertThat(subgraphs.room().holds(LayoutBudget.of(layout))).isTrue();
                counts.merge(nodes(layout), 1, Integer::sum);
            }
            assertThat(counts).hasSize(8);
            double expected = steps / 8.0;
            double chiSquared =
                    counts.values().stream()
                            .mapToDouble(n -> (n - expected) * (n - expected) / expected)
                            .sum();
            assertThat(chiSquared).isLessThan(40); // 7 degrees of freedom: one in a million
        }
    }

    @Test
    void withoutAPoolEveryStepHasASubgraphOfItsOwn() {
        RunSettings settings = settings(SubgraphKind.PLATE, 0.4, 0);
        try (Backend backend = Backends.open("scalar", 1);
                Subgraphs subgraphs = subgraphs(backend, settings)) {
            List<List<Integer>> drawn =
                    IntStream.rangeClosed(1, 50)
                            .mapToObj(step -> nodes(subgraphs.at(step).layout()))
                            .toList();
            assertThat(drawn.stream().distinct().count()).isGreaterThan(45);
            assertThat(nodes(subgraphs.at(7).layout())).isEqualTo(drawn.get(6));
        }
    }

    private static List<Integer> nodes(VariableLayout layout) {
        return Arrays.stream(places(layout)).boxed().toList();
    }

    private static Subgraphs subgraphs(Backend backend, RunSettings settings) {
        RunHeader header = header(FACTORIZATION, settings);
        return new Subgraphs(
                new SubgraphPool(
                        FACTORIZATION,
                        SubgraphSampler.Kind.PLATE,
                        112,
                        new PlateParts(backend, header),
                        header));
    }

    @Test
    void whatHasNoPlatesHasNoParts() {
        GraphicalModel model =
                GraphicalModel.define(m -> m.let("E", m.normal("A").here().times(2)));
        try (Backend backend = Backends.open("scalar", 1)) {
            assertThatThrownBy(() -> start(backend, model, settings(SubgraphKind.PLATE, 0.5, 4)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no array of the model has a plate to sample");
        }
        assertThatThrownBy(() -> TrainingSettings.DEFAULTS.withBudget(1.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a budget is a share between 0 and 1 or a whole number");
        assertThatThrownBy(() -> TrainingSettings.DEFAULTS.withSubgraphPool(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("subgraph-pool must be 0 or more");
    }
}
