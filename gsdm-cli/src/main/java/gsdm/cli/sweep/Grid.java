package gsdm.cli.sweep;

import gsdm.cli.config.Key;
import gsdm.cli.error.CommandException;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Every combination of the values of some settings. */
final class Grid {

    private static final int MOST_POINTS = 1000;

    private Grid() {}

    /**
     * A combination.
     *
     * @param settings one of each key
     */
    record Point(List<Setting> settings) {

        /** As {@code learning-rate=1e-3 layers=4}. */
        String name() {
            return settings.stream()
                    .map(setting -> shortName(setting) + "=" + setting.value())
                    .collect(Collectors.joining(" "));
        }

        /** The key alone where no other section of the grid has one of that name. */
        private String shortName(Setting setting) {
            boolean alone =
                    settings.stream().filter(other -> other.key().equals(setting.key())).count()
                            == 1;
            return alone ? setting.key() : setting.name();
        }
    }

    /**
     * The points of a grid; the last key runs fastest.
     *
     * @param keys each with the list of its values
     * @throws CommandException (bad input) if a list is none, or empty, or if there are too many
     *     points
     */
    static List<Point> points(List<Setting> keys) {
        List<Point> points = List.of(new Point(List.of()));
        for (Setting key : keys) {
            if (!(key.value() instanceof List<?> values) || values.isEmpty()) {
                throw refuse(key, "expected a list of values, found " + Key.shown(key.value()));
            }
            if ((long) points.size() * values.size() > MOST_POINTS) {
                throw refuse(key, "the grid has more than " + MOST_POINTS + " points");
            }
            List<Point> more = new ArrayList<>();
            for (Point point : points) {
                for (Object value : values) {
                    List<Setting> settings = new ArrayList<>(point.settings());
                    settings.add(key.with(value));
                    more.add(new Point(settings));
                }
            }
            points = more;
        }
        return points;
    }

    private static CommandException refuse(Setting key, String problem) {
        return CommandException.badInput(key.where() + ": " + key.name() + ": " + problem);
    }
}
