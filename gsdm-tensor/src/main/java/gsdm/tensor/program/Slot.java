package gsdm.tensor.program;

import static gsdm.tensor.program.Shapes.require;

import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A place for one tensor: a block and an index in it. Where that is in memory is the {@link
 * MemoryPlan}'s and the backend's affair. Two slots are the same only if they are the same object.
 */
public final class Slot {
    /** Stands for an operand that an op does without: no bias, nothing to add. */
    public static final Slot NONE =
            new Slot(new Block("none", Block.Role.SCRATCH), 0, "none", DataType.F32, Shape.of(1));

    private final Block block;
    private final int index;
    private final String name;
    private final DataType type;
    private final Shape shape;

    Slot(Block block, int index, String name, DataType type, Shape shape) {
        this.block = Objects.requireNonNull(block);
        this.index = index;
        this.name = Objects.requireNonNull(name);
        this.type = Objects.requireNonNull(type);
        this.shape = Objects.requireNonNull(shape);
    }

    /** The block that holds the slot. */
    public Block block() {
        return block;
    }

    /** The slot's position among the slots of its block. */
    public int index() {
        return index;
    }

    public String name() {
        return name;
    }

    public DataType type() {
        return type;
    }

    public Shape shape() {
        return shape;
    }

    /** Whether this is a real operand, not {@link #NONE}. */
    public boolean present() {
        return this != NONE;
    }

    /** What {@code map} gives for a real operand, which must be shaped alike; NONE stays. */
    Slot mapped(UnaryOperator<Slot> map) {
        if (!present()) {
            return this;
        }
        Slot other = map.apply(this);
        require(
                other.type == type && other.shape.equals(shape),
                "%s %s cannot take the place of %s %s",
                other.type,
                other,
                type,
                this);
        return other;
    }

    @Override
    public String toString() {
        return present() ? block + "." + name + shape : "none";
    }
}
