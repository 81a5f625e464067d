package gsdm.cli.config;

import gsdm.cli.error.CommandException;
import gsdm.graph.problem.Names;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A section of the configuration: its name and its keys, in the order in which they are shown.
 *
 * @param name problem, model, diffusion, training or sampling
 * @param keys the keys, each name once
 */
public record Section(String name, List<Key> keys) {

    /** Checks that each name stands once. */
    public Section {
        keys = List.copyOf(keys);
        if (keys.stream().map(Key::name).distinct().count() != keys.size()) {
            throw new IllegalArgumentException("section " + name + " has a key twice: " + keys);
        }
    }

    /** The value of every key where nothing sets it. */
    Map<String, Object> defaults() {
        Map<String, Object> values = new LinkedHashMap<>();
        keys.forEach(key -> values.put(key.name(), key.defaultValue()));
        return values;
    }

    /**
     * The key of a name.
     *
     * @throws CommandException (bad input) naming the nearest key if there is none
     */
    Key key(String wanted) {
        return keys.stream()
                .filter(key -> key.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> unknown(wanted));
    }

    private CommandException unknown(String wanted) {
        String nearest =
                Names.nearest(wanted, keys.stream().map(Key::name).toList())
                        .map(key -> "did you mean " + name + "." + key + "?")
                        .orElse("section " + name + " has no keys");
        return CommandException.badInput("unknown key " + name + "." + wanted + ": " + nearest);
    }
}
