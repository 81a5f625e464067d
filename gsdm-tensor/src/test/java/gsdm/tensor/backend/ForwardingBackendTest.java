package gsdm.tensor.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

class ForwardingBackendTest {
    /** A default of the interface would answer for the backend behind it. */
    @Test
    void everyMethodIsForwarded() {
        assertThat(methods(ForwardingBackend.class)).containsAll(methods(Backend.class));
        assertThat(methods(ForwardingExecutable.class)).containsAll(methods(Executable.class));
    }

    private static Set<String> methods(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .map(ForwardingBackendTest::signature)
                .collect(Collectors.toSet());
    }

    private static String signature(Method method) {
        return method.getName() + Arrays.toString(method.getParameterTypes());
    }
}
