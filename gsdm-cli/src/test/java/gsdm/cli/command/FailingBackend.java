package gsdm.cli.command;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.DeviceException;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.program.Program;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend whose device fails after a while. */
final class FailingBackend {
    private FailingBackend() {}

    /**
     * A backend that does what another does, until the n-th run of programs of a name.
     *
     * @param name of the programs, or its beginning
     * @param run of them all together, from 1
     */
    static Backend of(Backend backend, String name, int run) {
        AtomicInteger left = new AtomicInteger(run);
        return of(
                Backend.class,
                (_, method, arguments) -> {
                    Object result = call(backend, method, arguments);
                    if (!method.getName().equals("compile")
                            || !((Program) arguments[0]).name().startsWith(name)) {
                        return result;
                    }
                    return of(
                            Executable.class,
                            (_, called, given) -> {
                                if (called.getName().equals("run") && left.decrementAndGet() == 0) {
                                    throw new DeviceException("fell off the bus", null);
                                }
                                return call(result, called, given);
                            });
                });
    }

    private static <T> T of(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object call(Object object, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(object, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getCause();
        }
    }
}
