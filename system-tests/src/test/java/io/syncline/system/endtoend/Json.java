package io.syncline.system.endtoend;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A JSON value as the tests read it: independent of the product's own readers. */
public record Json(Object value) {
    private static final JsonFactory FACTORY = new JsonFactory();

    /** JSON's null. */
    private enum Null {
        NULL
    }

    public static Json parse(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            parser.nextToken();
            return new Json(read(parser));
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + text, e);
        }
    }

    private static Object read(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> members = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    members.put(name, read(parser));
                }
                yield members;
            }
            case START_ARRAY -> {
                List<Object> elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(read(parser));
                }
                yield elements;
            }
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> Null.NULL;
            default -> parser.getText();
        };
    }

    /** The member at this path of names, which must be there. */
    public Json at(String... path) {
        Json here = this;
        for (String name : path) {
            here =
                    here.find(name)
                            .orElseThrow(() ->
                                    new AssertionError(
                                            "no member "
                                                    + String.join(".", path)
                                                    + " in "
                                                    + value));
        }
        return here;
    }

    public Optional<Json> find(String name) {
        return value instanceof Map<?, ?> members
                ? Optional.ofNullable(members.get(name))
                        .filter(v -> !(v instanceof Null))
                        .map(Json::new)
                : Optional.empty();
    }

    public String text() {
        return value.toString();
    }

    public long number() {
        if (value instanceof Long number) {
            return number;
        }
        throw new AssertionError("not a whole number: " + value);
    }

    public List<Json> elements() {
        if (value instanceof List<?> elements) {
            List<Json> all = new ArrayList<>();
            elements.forEach(element -> all.add(new Json(element)));
            return all;
        }
        throw new AssertionError("not an array: " + value);
    }
}
