package gsdm.cli.run;

/** Which gsdm this is. */
public final class Version {

    private Version() {}

    /** The version that the jar's manifest carries. */
    public static String number() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "(development)" : version;
    }

    /** One line: the program and its version. */
    public static String line() {
        return "gsdm " + number();
    }
}
