import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Locks a file that the shell which starts this has open, with flock(2), for which macOS has no
 * program. Such a lock lasts until every process that has the file open from that shell has ended,
 * in whatever way: nothing is left behind that a later one could wait for.
 *
 * <p>Arguments: the file's descriptor, and the file in which whoever holds the lock says which
 * process that is.
 */
final class Lock {

    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;

    private Lock() {}

    public static void main(String[] args) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle flock =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("flock"),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        int file = Integer.parseInt(args[0]);
        if ((int) flock.invokeExact(file, LOCK_EX | LOCK_NB) == 0) {
            return;
        }
        Path builder = Path.of(args[1]);
        String holder = Files.exists(builder) ? Files.readString(builder).strip() : "";
        System.err.printf(
                "waiting for process %s, which is building gsdm already ...%n",
                holder.isEmpty() ? "(unknown)" : holder);
        System.exit((int) flock.invokeExact(file, LOCK_EX) == 0 ? 0 : 1);
    }
}
