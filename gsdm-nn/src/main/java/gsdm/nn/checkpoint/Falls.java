package gsdm.nn.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * When the learning rate of a run falls: all that a run decides on its way, and so recorded with
 * it. Where there are several, each revises the end of the one before, without a jump of the rate.
 *
 * @param list in the order of their beginnings; none while the rate is to stay
 */
public record Falls(List<Fall> list) {
    /** The rate stays. */
    public static final Falls NONE = new Falls(List.of());

    private static final Pattern FALL = Pattern.compile("(\\d{1,18})-(\\d{1,18})");

    /**
     * A fall.
     *
     * @param after the last step before it, 0 or more
     * @param end the step at which the rate is at its floor, and which the run is to end with
     */
    public record Fall(long after, long end) {
        public Fall {
            if (after < 0 || end <= after) {
                throw new IllegalArgumentException(
                        "a fall ends after it begins, at step 0 or later; found "
                                + after
                                + "-"
                                + end);
            }
        }
    }

    public Falls {
        list = List.copyOf(list);
        for (int i = 1; i < list.size(); i++) {
            if (list.get(i).after() <= list.get(i - 1).after()) {
                throw new IllegalArgumentException(
                        "each fall begins after the one before; found " + text(list));
            }
        }
    }

    /**
     * One fall, over the last share of a run.
     *
     * @param steps of the run, 1 or more
     * @param share of them, 0 to 1; at least one step falls
     */
    public static Falls atTheEnd(long steps, double share) {
        long falling = Math.clamp(Math.round(share * steps), 1, steps);
        return new Falls(List.of(new Fall(steps - falling, steps)));
    }

    /**
     * Reads what {@link #toString} wrote.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static Falls parse(String text) {
        List<Fall> falls = new ArrayList<>();
        for (String part : text.isBlank() ? new String[0] : text.strip().split("\\s+")) {
            Matcher matcher = FALL.matcher(part);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "falls are written as 800-1000 or 800-1000 900-950; found " + text);
            }
            falls.add(new Fall(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))));
        }
        return new Falls(falls);
    }

    /**
     * These, and from a step on another end. One that has not begun by then is dropped.
     *
     * @param after the last step before the change
     * @param end the step at which the rate is to be at its floor
     */
    public Falls endingAt(long after, long end) {
        List<Fall> falls = new ArrayList<>(before(after).list);
        falls.add(new Fall(after, end));
        return new Falls(falls);
    }

    /** Those that begin before the end of a step: what a run that is there has followed. */
    public Falls before(long step) {
        return new Falls(list.stream().filter(fall -> fall.after() < step).toList());
    }

    /** Whether the rate falls or has fallen in a step. */
    public boolean begunBy(long step) {
        return !list.isEmpty() && list.getFirst().after() < step;
    }

    /** The step that the run is to end with; {@link Long#MAX_VALUE} while there is no fall. */
    public long end() {
        return list.isEmpty() ? Long.MAX_VALUE : list.getLast().end();
    }

    /** As {@code 800-1000 900-950}; empty if there are none. */
    @Override
    public String toString() {
        return text(list);
    }

    private static String text(List<Fall> falls) {
        return falls.stream()
                .map(fall -> fall.after() + "-" + fall.end())
                .collect(Collectors.joining(" "));
    }
}
