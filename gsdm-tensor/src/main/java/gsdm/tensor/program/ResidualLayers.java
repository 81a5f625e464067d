package gsdm.tensor.program;

import static gsdm.tensor.program.Shapes.require;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Two linear layers of layer norms, one after the other, and the rows added between: {@code second}
 * reads what {@code rows} writes, and that what {@code first} writes. Nothing else reads either but
 * {@link Gradient}, which computes them anew. Each node is by itself, so that a few can go through
 * all of it while they are in cache.
 */
public record ResidualLayers(NormLinear first, AddRows rows, NormLinear second)
        implements Op.Composite {
    public ResidualLayers {
        require(
                joins(first, rows, second),
                "%s, %s and %s are not layers one after the other",
                first,
                rows,
                second);
    }

    /** Whether these read each other, and each node only itself. */
    static boolean joins(NormLinear first, AddRows rows, NormLinear second) {
        return first.norm() instanceof LayerNorm
                && second.norm() instanceof LayerNorm
                && !first.linear().add().present()
                && !second.linear().add().equals(rows.out())
                && rows.x().equals(first.linear().out())
                && second.norm().x().equals(rows.out());
    }

    @Override
    public List<Op> parts() {
        return List.of(first, rows, second);
    }

    /** What both layers read, but for what passes between them. */
    private List<Slot> inputs(List<Slot> last) {
        List<Slot> inputs = new ArrayList<>(first.inputs());
        inputs.addAll(rows.inputs());
        inputs.addAll(last);
        inputs.remove(rows.x());
        inputs.remove(rows.out());
        return inputs;
    }

    @Override
    public List<Slot> inputs() {
        return inputs(second.inputs());
    }

    @Override
    public List<Slot> outputs() {
        return second.outputs();
    }

    @Override
    public Slot inPlace() {
        return second.inPlace();
    }

    @Override
    public ResidualLayers withSlots(UnaryOperator<Slot> map) {
        return new ResidualLayers(first.withSlots(map), rows.withSlots(map), second.withSlots(map));
    }

    /**
     * The gradient of the second layer, which computes its input anew.
     *
     * @param layers what was differentiated
     * @param second the gradient of their second layer
     */
    public record Gradient(ResidualLayers layers, NormLinear.Gradient second)
            implements Op.Composite {
        public Gradient {
            require(
                    second.layer().equals(layers.second()),
                    "%s is not the gradient of the second of %s",
                    second,
                    layers);
        }

        @Override
        public List<Op> parts() {
            return List.of(second);
        }

        @Override
        public List<Slot> inputs() {
            return layers.inputs(second.inputs());
        }

        @Override
        public List<Slot> outputs() {
            return second.outputs();
        }

        @Override
        public Slot inPlace() {
            return second.inPlace();
        }

        @Override
        public Gradient withSlots(UnaryOperator<Slot> map) {
            return new Gradient(layers.withSlots(map), second.withSlots(map));
        }
    }
}
