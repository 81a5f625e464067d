package gsdm.cli.command;

import gsdm.cli.error.CommandException;

/**
 * Whether names of files reached this process as they are. Java reads the arguments and the name of
 * the current folder in the encoding of the locale, and puts U+FFFD for what is no text in it; what
 * it then reads or writes is another file.
 */
final class FileNames {

    private static final char UNREADABLE = '\uFFFD';

    private FileNames() {}

    /**
     * Refuses what could not be read.
     *
     * @param folder the current folder, which relative paths start from
     * @param arguments the command line; anything in it may name a file
     */
    static void requireReadable(String folder, String... arguments) {
        for (String argument : arguments) {
            if (argument.indexOf(UNREADABLE) >= 0) {
                throw CommandException.usage("argument \"" + argument + "\": " + reason());
            }
        }
        if (folder.indexOf(UNREADABLE) >= 0) {
            throw CommandException.badInput("current folder " + folder + ": " + reason());
        }
    }

    private static String reason() {
        return "expected text in %s, the encoding of this locale; set LC_ALL to a locale that can"
                .formatted(System.getProperty("sun.jnu.encoding"))
                .concat(" spell it, as C.UTF-8, or rename it");
    }
}
