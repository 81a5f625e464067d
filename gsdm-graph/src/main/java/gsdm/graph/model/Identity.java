package gsdm.graph.model;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * What makes a model the one it is, in words that can be kept and compared, the same in every
 * locale: for each plate, array and link its definition. Models of one identity have the same
 * nodes, values and edges, but for values from outside, which have an identity of their own.
 *
 * @param parts from what it is, as {@code array E}, to its text
 */
public record Identity(Map<String, String> parts) {
    private static final int MOST_SHOWN = 4;

    public Identity {
        parts = Map.copyOf(parts);
    }

    /** Of a model's definition, the sizes of its plates and the indices kept of them. */
    static Identity of(GraphicalModel model) {
        Map<String, String> parts = new TreeMap<>();
        for (Plate plate : model.plates()) {
            parts.put("plate " + plate, text(plate, model.indices(plate)));
        }
        for (Variable variable : model.variables()) {
            parts.put("array " + variable.name(), variable.toString());
        }
        int number = 1;
        for (Definition.Link link : model.definition().links()) {
            parts.put("link " + number++, link.toString());
        }
        parts.put(
                "order of arrays",
                model.variables().stream().map(Variable::name).collect(Collectors.joining(", ")));
        return new Identity(parts);
    }

    /** Of what a model takes from outside; empty if that is nothing. */
    static Identity ofData(GraphicalModel model) {
        Map<String, String> parts = new TreeMap<>();
        for (Variable variable : model.variables()) {
            if (variable.origin() instanceof Origin.Data data) {
                long size = 1;
                for (int axis : model.fullShape(variable)) {
                    size *= axis;
                }
                parts.put("values of " + variable.name(), data.source().fingerprint(size));
            }
        }
        return new Identity(parts);
    }

    private static String text(Plate plate, IndexSet indices) {
        String text = (plate.ordered() ? "ordered" : "exchangeable") + ", size " + indices.full();
        return indices.whole()
                ? text
                : text + ", " + indices.size() + " kept (" + checksum(indices.kept()) + ")";
    }

    private static String checksum(int... indices) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Integer.BYTES, indices.length));
        bytes.asIntBuffer().put(indices);
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        return Long.toHexString(checksum.getValue());
    }

    /**
     * What differs, in words.
     *
     * @param there of the other model
     * @return empty if nothing does
     */
    public String differences(Identity there) {
        Set<String> all = new LinkedHashSet<>(new TreeMap<>(parts).keySet());
        all.addAll(new TreeMap<>(there.parts).keySet());
        List<String> differences = new ArrayList<>();
        for (String what : all) {
            String here = parts.getOrDefault(what, "none");
            String other = there.parts.getOrDefault(what, "none");
            if (!here.equals(other)) {
                differences.add("%s: %s there, %s here".formatted(what, other, here));
            }
        }
        int more = differences.size() - MOST_SHOWN;
        String shown = differences.stream().limit(MOST_SHOWN).collect(Collectors.joining("; "));
        return more > 0 ? "%s; and %d more".formatted(shown, more) : shown;
    }
}
