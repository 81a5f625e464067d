package gsdm.cli.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class JsonTest {

    @Test
    void whatIsNoNumberIsNull() {
        assertThat(Json.text(Map.of("a", List.of(Double.NaN, Double.NEGATIVE_INFINITY, 0.5))))
                .isEqualToIgnoringWhitespace("{\"a\": [null, null, 0.5]}");
        assertThat(Json.text(Map.of("b", Double.POSITIVE_INFINITY)))
                .isEqualToIgnoringWhitespace("{\"b\": null}");
    }
}
