package gsdm.graph.inference;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/** Records by the names of their components. */
final class Components {
    private Components() {}

    /** A copy of a record but for one component. */
    static <R extends Record> R with(R record, String component, Object value) {
        @SuppressWarnings("unchecked") // a record's class is final
        Class<R> type = (Class<R>) record.getClass();
        Object[] values =
                Arrays.stream(type.getRecordComponents())
                        .map(each -> each.getName().equals(component) ? value : get(record, each))
                        .toArray();
        return record(type, values);
    }

    /** The value of a component. */
    static Object get(Record record, RecordComponent component) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** A record of the given values, or what its constructor throws. */
    static <R extends Record> R record(Class<R> type, Object[] values) {
        Class<?>[] types =
                Arrays.stream(type.getRecordComponents())
                        .map(RecordComponent::getType)
                        .toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException refused) {
            if (refused.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(refused);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
