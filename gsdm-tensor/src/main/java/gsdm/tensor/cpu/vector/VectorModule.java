package gsdm.tensor.cpu.vector;

/** The module of the Vector API, which Java leaves out of a process that does not ask for it. */
final class VectorModule {
    /** The module's name. */
    static final String NAME = "jdk.incubator.vector";

    private static final boolean LOADED =
            ModuleLayer.boot().findModule(NAME).isPresent() || loadQuietly();

    private VectorModule() {}

    /** Whether classes that use it can be touched. */
    static boolean isLoaded() {
        return LOADED;
    }

    /**
     * Loads the module as the JDK loads those of its own that a running process turns out to need.
     * {@code --add-modules} does the same, but prints a warning in every process that nothing else
     * avoids. It succeeds in programs that export {@code java.base/jdk.internal.module} to us, as
     * the manifest of the {@code gsdm} command does, on the JDK that we are built for.
     */
    private static boolean loadQuietly() {
        try {
            Class.forName("jdk.internal.module.Modules")
                    .getMethod("loadModule", String.class)
                    .invoke(null, NAME);
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
