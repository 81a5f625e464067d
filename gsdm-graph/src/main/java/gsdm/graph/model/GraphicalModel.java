package gsdm.graph.model;

import gsdm.tensor.sparse.EdgeSource;
import gsdm.tensor.sparse.SparsePattern;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A generative program over plates, with the sizes of its plates and the indices kept of each.
 * Immutable; from this one definition follow the nodes, the edges, the values and the layout.
 *
 * <pre>{@code
 * GraphicalModel model = GraphicalModel.define(m -> {
 *     Plate i = m.plate("i", 16), j = m.plate("j", 16), k = m.plate("k", 10);
 *     Array a = m.normal("A", i, k);
 *     Array r = m.normal("R", j, k);
 *     Array c = m.let("C", a.at(i, k).times(r.at(j, k)), i, j, k);
 *     m.let("E", c.at(i, j, k).sum(k), i, j);
 * });
 * }</pre>
 *
 * <p>Nodes are numbered array by array: continuous arrays first, then discrete ones by number of
 * options, in the order of definition among equals; row-major within an array.
 */
public final class GraphicalModel {
    /** What a Java array holds. */
    static final int LARGEST = Integer.MAX_VALUE - 8;

    private static final int MOST_SHOWN = 8;

    private final Definition definition;
    private final IndexSet[] sets; // by plate
    private final Region[] regions; // by array
    private final int nodeCount;
    private final Object maskLock = new Object();
    private volatile SparsePattern mask; // null until it is asked for

    private GraphicalModel(Definition definition, IndexSet[] sets) {
        this.definition = definition;
        this.sets = sets;
        checkIndices();
        this.nodeCount = countNodes();
        this.regions = new Region[definition.variables().size()];
        int offset = 0;
        for (Variable variable : nodeOrder()) {
            List<IndexSet> axes = variable.array().plates().stream().map(this::indices).toList();
            Region region = Region.of(offset, axes);
            regions[variable.array().id()] = region;
            offset += region.count();
            if (variable.origin() instanceof Origin.Data data) {
                data.source().check(fullShape(variable));
            }
        }
    }

    /**
     * Traces a generative program.
     *
     * @throws ModelException if the program makes no sense; the message says where
     */
    public static GraphicalModel define(Consumer<ModelBuilder> program) {
        Objects.requireNonNull(program, "program");
        ModelBuilder builder = new ModelBuilder();
        program.accept(builder);
        Definition definition = builder.finish();
        IndexSet[] sets =
                definition.plates().stream()
                        .map(plate -> IndexSet.all(plate.defaultSize()))
                        .toArray(IndexSet[]::new);
        return new GraphicalModel(definition, sets);
    }

    /** This model with other sizes for the named plates, and all their indices kept. */
    public GraphicalModel at(Map<String, Integer> sizes) {
        IndexSet[] other = sets.clone();
        sizes.forEach((name, size) -> {
            Plate plate = plate(name);
            if (size < 1) {
                throw new ModelException(
                        "plate '%s' needs a size of at least 1, found %d".formatted(name, size));
            }
            other[plate.id()] = IndexSet.all(size);
        });
        return new GraphicalModel(definition, other);
    }

    /**
     * The part of this model at the given indices of some plates; other plates stay as they are. A
     * node is kept if all its indices are. Kept nodes have the values they have in the whole model
     * (reductions run over whole plates), and the same EE, AE and IE indices.
     *
     * @param kept indices in the whole plate, in any order, none twice
     */
    public GraphicalModel restrict(Map<Plate, int[]> kept) {
        IndexSet[] other = sets.clone();
        kept.forEach((plate, indices) -> {
            if (plate(plate.name()) != plate) {
                throw new ModelException("'%s' is a plate of another model".formatted(plate));
            }
            other[plate.id()] = IndexSet.of(plate, fullSize(plate), indices);
        });
        return new GraphicalModel(definition, other);
    }

    /**
     * Whether this part's graph is a part of another's too, up to which indices of exchangeable
     * plates they are: then it has no more nodes, edges or instructions. It may be where this says
     * no.
     *
     * @param other a part of the same model
     */
    public boolean isWithin(GraphicalModel other) {
        return definition == other.definition
                && plates().stream()
                        .allMatch(plate ->
                                size(plate) <= other.size(plate)
                                        && (definition.countsAlone(plate)
                                                || indices(plate).isWithin(other.indices(plate))));
    }

    /** This model with other outside values for one array. */
    public GraphicalModel withData(String array, Source source) {
        Variable changed = variable(array);
        if (!(changed.origin() instanceof Origin.Data)) {
            throw new ModelException("'%s' does not take its values from outside".formatted(array));
        }
        List<Variable> variables = new ArrayList<>(definition.variables());
        variables.set(changed.array().id(), changed.withOrigin(new Origin.Data(source)));
        return new GraphicalModel(
                new Definition(definition.plates(), variables, definition.links()), sets);
    }

    public List<Plate> plates() {
        return definition.plates();
    }

    /**
     * The plate of that name.
     *
     * @throws ModelException if there is none
     */
    public Plate plate(String name) {
        return definition.plates().stream()
                .filter(plate -> plate.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new ModelException(
                                "the model has no plate '%s'; its plates are %s"
                                        .formatted(name, plates())));
    }

    /** Number of kept indices of {@code plate}. */
    public int size(Plate plate) {
        return indices(plate).size();
    }

    /** Number of indices of {@code plate} in the whole model. */
    public int fullSize(Plate plate) {
        return indices(plate).full();
    }

    /** The arrays in the order of definition. */
    public List<Variable> variables() {
        return definition.variables();
    }

    /** The arrays in the order of their nodes. */
    public List<Variable> nodeOrder() {
        return definition.variables().stream()
                .sorted(Comparator.comparingInt(each -> options(each.kind())))
                .toList();
    }

    /**
     * The array of that name.
     *
     * @throws ModelException if there is none
     */
    public Variable variable(String name) {
        return definition.variables().stream()
                .filter(variable -> variable.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new ModelException(
                                "the model has no array '%s'; its arrays are %s"
                                        .formatted(
                                                name,
                                                variables().stream()
                                                        .map(Variable::name)
                                                        .toList())));
    }

    /** Number of kept nodes, N. */
    public int nodeCount() {
        return nodeCount;
    }

    /** The first node of an array. */
    public int offset(String array) {
        return region(variable(array).array()).offset();
    }

    /** Number of kept nodes of an array. */
    public int count(String array) {
        return region(variable(array).array()).count();
    }

    /** Number of kept indices along each axis of an array. */
    public int[] shape(String array) {
        return region(variable(array).array()).axes().stream().mapToInt(IndexSet::size).toArray();
    }

    /**
     * The edges from each element an expression reads to the node it defines, the links, and the
     * ties.
     */
    public EdgeSource directedEdges() {
        return new Edges(this);
    }

    /**
     * Gives what each kept node that is a function of others is a function of.
     *
     * @throws ModelException if a whole model has more of it than can be numbered
     */
    public void definitions(DefinitionSink sink) {
        Unrolled unrolled = new Unrolled(this, sink);
        if (whole() && unrolled.count() > LARGEST) {
            throw new ModelException(
                    "the definitions of the model's nodes are %.0f instructions, of which a network is told at most %d: lower a plate, or set model.program-features=false, training.gibbs-sweeps=0 and sampling.gibbs-sweeps=0"
                            .formatted(unrolled.count(), LARGEST));
        }
        unrolled.run();
    }

    /** What must see each other beside the node that reads both; see {@link Tie}. */
    public List<Tie> ties() {
        return Ties.of(variables());
    }

    /** The edges of one of this model's ties. */
    public EdgeSource directedEdges(Tie tie) {
        return new Edges(this, tie);
    }

    /**
     * The attention mask: each directed edge both ways, and every node to itself. Made when it is
     * first asked for, since finding the edges takes seconds where there are millions; the same
     * object ever after, off-heap until nobody refers to it or to this model.
     *
     * @throws ModelException if there are too many edges, or too little heap to sort them
     */
    public SparsePattern mask() {
        if (mask == null) {
            synchronized (maskLock) {
                if (mask == null) {
                    mask = findMask();
                }
            }
        }
        return mask;
    }

    /**
     * Fails if the attention mask of a whole model has more edges than can be numbered, told by the
     * sizes of plates before any edge is looked for.
     *
     * @throws ModelException with their number
     */
    public void requireMaskFits() {
        if (!whole()) {
            return;
        }
        double edges = nodeCount + 2 * new Edges(this).least();
        if (edges > LARGEST) {
            throw new ModelException(
                    "the model has %.0f edges, both ways and duplicates included, of which an attention mask holds at most %d: lower a plate"
                            .formatted(edges, LARGEST));
        }
    }

    private SparsePattern findMask() {
        requireMaskFits();
        try {
            return SparsePattern.symmetrise(nodeCount, directedEdges(), Arena.ofAuto());
        } catch (IllegalArgumentException tooLarge) {
            throw new ModelException("the attention mask: " + tooLarge.getMessage());
        }
    }

    /** A new sampler of this model, for one thread at a time. */
    public AncestralSampler sampler() {
        return AncestralSampler.of(this);
    }

    /** A new folding of this model, for one thread at a time. */
    public Folding folding() {
        return new Folding(this);
    }

    /** A new evaluator of this model's definitions at given values, for one thread at a time. */
    public DefinedValues definedValues() {
        return DefinedValues.of(this);
    }

    /** What a network has to know of this model's nodes. */
    public ModelLayout layout() {
        return new ModelLayout(this);
    }

    /** What tells this model from another, but for its values from outside. */
    public Identity identity() {
        return Identity.of(this);
    }

    /** What tells this model's values from outside from others. */
    public Identity dataIdentity() {
        return Identity.ofData(this);
    }

    @Override
    public String toString() {
        return "GraphicalModel[nodes=%d, arrays: %s, plates: %s]"
                .formatted(
                        nodeCount,
                        brief(variables(), variable -> variable.array().toString()),
                        brief(
                                plates(),
                                plate ->
                                        indices(plate).whole()
                                                ? plate + "=" + size(plate)
                                                : "%s=%d of %d"
                                                        .formatted(
                                                                plate,
                                                                size(plate),
                                                                fullSize(plate))));
    }

    private static <T> String brief(List<T> all, Function<T, String> text) {
        String some = all.stream().limit(MOST_SHOWN).map(text).collect(Collectors.joining(" "));
        int more = all.size() - MOST_SHOWN;
        return more > 0 ? some + " and %d more".formatted(more) : some;
    }

    Definition definition() {
        return definition;
    }

    Region region(Array array) {
        return regions[array.id()];
    }

    /** Whether no node was dropped. */
    boolean whole() {
        return Arrays.stream(sets).allMatch(IndexSet::whole);
    }

    /**
     * What a plate runs over in the definition of an array's kept nodes: kept indices along its
     * axes, all of a plate that is reduced.
     */
    IndexSet indices(Array defined, Plate plate) {
        return defined.plates().contains(plate) ? indices(plate) : IndexSet.all(fullSize(plate));
    }

    IndexSet indices(Plate plate) {
        return sets[plate.id()];
    }

    /** Sizes of an array's axes in the whole model. */
    int[] fullShape(Variable variable) {
        return variable.array().plates().stream().mapToInt(this::fullSize).toArray();
    }

    private static int options(ValueKind kind) {
        return switch (kind) {
            case ValueKind.Continuous _ -> 0;
            case ValueKind.Discrete discrete -> discrete.options();
        };
    }

    private int countNodes() {
        long total = 0;
        for (Variable variable : definition.variables()) {
            long kept = 1;
            long full = 1;
            for (Plate plate : variable.array().plates()) {
                kept = checkCount(variable, kept * size(plate));
                full = checkCount(variable, full * fullSize(plate));
            }
            total = checkCount(variable, total + kept);
        }
        return (int) total;
    }

    private long checkCount(Variable variable, long count) {
        if (count > LARGEST) {
            throw new ModelException(
                    "the model has more than %d nodes at array '%s' of sizes %s: lower a plate"
                            .formatted(
                                    LARGEST,
                                    variable.name(),
                                    Arrays.toString(fullShape(variable))));
        }
        return count;
    }

    private void checkIndices() {
        for (Variable variable : definition.variables()) {
            if (variable.origin() instanceof Origin.Derived derived) {
                derived.expr().reads().forEach(read -> checkInside(variable.name(), read));
            }
        }
        for (Definition.Link link : definition.links()) {
            checkInside("link", link.from());
            checkInside("link", link.to());
        }
    }

    private void checkInside(String reader, Expr.Read read) {
        for (int axis = 0; axis < read.indices().size(); axis++) {
            Affine index = read.indices().get(axis);
            Plate plate = read.array().plates().get(axis);
            long least = index.least(this::fullSize);
            long greatest = index.greatest(this::fullSize);
            if (least < 0 || greatest >= fullSize(plate)) {
                throw new ModelException(
                        ("'%s' reads '%s' at %s = %d to %d along its axis '%s', which has indices 0"
                                        + " to %d: change the index or the size of a plate")
                                .formatted(
                                        reader,
                                        read.array().name(),
                                        index,
                                        least,
                                        greatest,
                                        plate,
                                        fullSize(plate) - 1));
            }
            if (index.plain()) {
                checkSameSize(reader, read.array(), index.terms().getFirst().plate(), plate);
            }
        }
    }

    /**
     * The indices of another plate stand for all those of an axis, or for the first ones where
     * position means something in both.
     */
    private void checkSameSize(String reader, Array array, Plate index, Plate axis) {
        boolean part = index.ordered() && axis.ordered();
        if (fullSize(index) != fullSize(axis) && !part) {
            throw new ModelException(
                    ("'%s' reads '%s' at plate '%s' of size %d along its axis '%s' of size %d: read"
                         + " it at '%s', or give the two plates one size (the first indices of an"
                         + " axis are a part of it only if both plates are ordered)")
                            .formatted(
                                    reader,
                                    array.name(),
                                    index,
                                    fullSize(index),
                                    axis,
                                    fullSize(axis),
                                    axis));
        }
    }
}
