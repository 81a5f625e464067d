package gsdm.cli.session;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long to train: so many steps, or a time.
 *
 * @param steps 0 where the time says it
 * @param minutes 0 where the steps say it
 */
public record TrainingLength(long steps, double minutes) {

    private static final Pattern TIME =
            Pattern.compile("(?:(\\d+)h)?(?:(\\d+(?:\\.\\d+)?)m)?(?:(\\d+(?:\\.\\d+)?)s)?");

    private static final double MINUTE = 60;

    /** Those of another length. */
    private static final String NO_FALLS = "training.falls=";

    /** So many steps. */
    public static TrainingLength ofSteps(long steps) {
        return new TrainingLength(steps, 0);
    }

    /**
     * A time, evaluations included.
     *
     * @param text as {@code 90s}, {@code 5m} or {@code 1h30m}
     * @throws IllegalArgumentException if it is no time
     */
    public static TrainingLength ofTime(String text) {
        Matcher matcher = TIME.matcher(text.strip().toLowerCase(Locale.ROOT));
        double minutes =
                matcher.matches()
                        ? MINUTE * number(matcher.group(1))
                                + number(matcher.group(2))
                                + number(matcher.group(3)) / MINUTE
                        : 0;
        if (minutes <= 0) {
            throw new IllegalArgumentException(
                    "expected a time as 90s, 5m or 1h30m, found \"" + text + "\"");
        }
        return new TrainingLength(0, minutes);
    }

    private static double number(String digits) {
        return digits == null ? 0 : Double.parseDouble(digits);
    }

    /** The single settings that say so. */
    public List<String> settings() {
        return minutes > 0
                ? List.of("training.minutes=" + minutes, NO_FALLS)
                : List.of("training.steps=" + steps, "training.minutes=0", NO_FALLS);
    }

    /** As {@code 1500 steps}, {@code 2m} or {@code 1.5m}. */
    @Override
    public String toString() {
        if (minutes == 0) {
            return steps + " steps";
        }
        return minutes >= 1 ? decimal(minutes) + "m" : decimal(MINUTE * minutes) + "s";
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.2f", value).replaceFirst("\\.?0+$", "");
    }
}
