package gsdm.cli.io;

import gsdm.cli.error.CommandException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Results as JSON, which has no NaN and no infinity: they are null. */
public final class Json {

    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .addModule(new SimpleModule().addSerializer(Double.class, new FiniteOrNull()))
                    .build();

    private static final JsonMapper ASCII =
            MAPPER.rebuild().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private Json() {}

    /** An object of maps, lists, arrays of whole numbers, text and numbers, in lines. */
    public static String text(Object data) {
        return MAPPER.writeValueAsString(data);
    }

    /** The same for an output that is not of UTF-8: all other characters are escaped. */
    public static String ascii(Object data) {
        return ASCII.writeValueAsString(data);
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read
     * @throws CommandException (bad input) if it is not JSON
     */
    public static JsonNode read(Path file) throws IOException {
        try {
            return MAPPER.readTree(Files.readString(file));
        } catch (JacksonException e) {
            throw CommandException.badInput(file + ": not JSON as expected", e);
        }
    }

    private static final class FiniteOrNull extends ValueSerializer<Double> {
        @Override
        public void serialize(Double value, JsonGenerator out, SerializationContext context) {
            if (Double.isFinite(value)) {
                out.writeNumber(value.doubleValue());
            } else {
                out.writeNull();
            }
        }
    }
}
