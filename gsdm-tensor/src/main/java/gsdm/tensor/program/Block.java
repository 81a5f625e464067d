package gsdm.tensor.program;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * A region of memory that outlives a run and may be shared by several programs: parameters,
 * gradients, moments, inputs. Slots are declared once, in order, and keep their place. Its {@link
 * Role} says who writes it, who reads it and when.
 *
 * <p>Blocks made by {@link #like} have the same layout slot for slot, so clipping, averaging and
 * saving are one pass over whole blocks.
 */
public final class Block {
    /** What a block is for, and so when what it holds has to move to a device or from it. */
    public enum Role {
        /** What programs go on from: parameters, gradients, moments, averages. */
        LASTING,
        /** What programs read of a layout (mask, rows, positions): written once for each. */
        LAYOUT,
        /** What programs read of a step: written before each run. */
        INPUT,
        /** A few numbers of a step, read and written by programs and by whoever runs them. */
        STATE,
        /** What programs write for whoever runs them to read, if asked for. */
        RESULT,
        /** A program's temporaries: no one else sees them. */
        SCRATCH
    }

    private final String name;
    private final Role role;
    private final List<Slot> slots = new ArrayList<>();

    public Block(String name, Role role) {
        this.name = Objects.requireNonNull(name);
        this.role = Objects.requireNonNull(role);
    }

    /** What the block is called in messages. */
    public String name() {
        return name;
    }

    /** What the block is for. */
    public Role role() {
        return role;
    }

    /** Declares a tensor at the end of this block. */
    public Slot declare(String slotName, DataType type, Shape shape) {
        for (Slot slot : slots) {
            if (slot.name().equals(slotName)) {
                throw new IllegalArgumentException(
                        "block " + name + " already has a slot named " + slotName);
            }
        }
        Slot slot = new Slot(this, slots.size(), slotName, type, shape);
        slots.add(slot);
        return slot;
    }

    /** Declares a float tensor at the end of this block. */
    public Slot floats(String slotName, Dim... dims) {
        return declare(slotName, DataType.F32, Shape.of(dims));
    }

    /** Declares an integer tensor at the end of this block. */
    public Slot ints(String slotName, Dim... dims) {
        return declare(slotName, DataType.I32, Shape.of(dims));
    }

    /** A block with the role of this one and the layout it has now, under another name. */
    public Block like(String otherName) {
        Block other = new Block(otherName, role);
        for (Slot slot : slots) {
            other.declare(slot.name(), slot.type(), slot.shape());
        }
        return other;
    }

    /** The slots in the order of their declaration. */
    public List<Slot> slots() {
        return Collections.unmodifiableList(slots);
    }

    /** The slot at the same place as {@code twin}, a slot of a block with the same layout. */
    public Slot twin(Slot twin) {
        return slots.get(twin.index());
    }

    /** The slot of that name. */
    public Slot slot(String slotName) {
        for (Slot slot : slots) {
            if (slot.name().equals(slotName)) {
                return slot;
            }
        }
        throw new IllegalArgumentException("block " + name + " has no slot named " + slotName);
    }

    @Override
    public String toString() {
        return name;
    }
}
