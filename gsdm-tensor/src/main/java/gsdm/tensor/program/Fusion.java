package gsdm.tensor.program;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds ops of a whole program, gradients included, that hand over what nothing else reads, and
 * makes one of them, so that it need not be in memory. No op becomes part of two. What is computed
 * is the same, some of it twice rather than kept; a backend without a kernel for such an op runs
 * its parts.
 */
public final class Fusion {
    private final Program program;
    private final Map<Slot, Op> writer = new HashMap<>();
    private final Map<Slot, Set<Op>> readers = new HashMap<>();
    private final Map<Op, Op> replacements = new HashMap<>();
    private final Set<Op> gone = new HashSet<>();

    private Fusion(Program program) {
        this.program = program;
        for (Op op : program.ops()) {
            op.outputs().forEach(slot -> writer.put(slot, op));
            op.inputs()
                    .forEach(slot -> readers.computeIfAbsent(slot, _ -> new HashSet<>()).add(op));
        }
    }

    /** The program with such ops as one. */
    public static Program of(Program program) {
        Fusion fusion = new Fusion(program);
        for (Op op : program.ops()) {
            switch (op) {
                case NormLinear second -> fusion.layers(second);
                case NormLinear.Gradient layer -> fusion.attention(layer);
                default -> {}
            }
        }
        return fusion.fused();
    }

    private Program fused() {
        List<Op> ops = new ArrayList<>();
        for (Op op : program.ops()) {
            if (!gone.contains(op)) {
                ops.add(replacements.getOrDefault(op, op));
            }
        }
        return new Program(program.name(), ops, program.scratch());
    }

    /** Two layers: the first moves to the second, whose gradient computes its input anew. */
    private void layers(NormLinear second) {
        if (!(writer.get(second.norm().x()) instanceof AddRows rows)
                || !(writer.get(rows.x()) instanceof NormLinear first)
                || replacements.containsKey(first)
                || !ResidualLayers.joins(first, rows, second)
                || !passes(rows.x(), Set.of(rows))) {
            return;
        }
        Set<Op> last = new HashSet<>(Set.of(second));
        Optional<NormLinear.Gradient> gradient = gradient(second);
        gradient.ifPresent(last::add);
        if (passes(rows.out(), last)) {
            ResidualLayers layers = new ResidualLayers(first, rows, second);
            gone.add(first);
            gone.add(rows);
            replacements.put(second, layers);
            gradient.ifPresent(of -> replacements.put(of, new ResidualLayers.Gradient(layers, of)));
        }
    }

    private Optional<NormLinear.Gradient> gradient(NormLinear layer) {
        return readers.get(layer.norm().x()).stream()
                .filter(op -> op instanceof NormLinear.Gradient of && of.layer().equals(layer))
                .map(NormLinear.Gradient.class::cast)
                .findAny();
    }

    private void attention(NormLinear.Gradient layer) {
        Slot dQkv = layer.weights().dOut();
        if (!replacements.containsKey(layer)
                && writer.get(dQkv) instanceof Attention.Gradient attention
                && Attention.LayerGradient.joins(attention, layer)
                && passes(dQkv, Set.of(layer))) {
            gone.add(attention);
            replacements.put(layer, new Attention.LayerGradient(attention, layer));
        }
    }

    /** Whether a slot is a temporary that only these ops read. */
    private boolean passes(Slot slot, Set<Op> to) {
        return slot.block() == program.scratch() && to.containsAll(readers.get(slot));
    }
}
