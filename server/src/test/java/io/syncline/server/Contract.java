package io.syncline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.harrel.jsonschema.Error;
import dev.harrel.jsonschema.FormatEvaluatorFactory;
import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import dev.harrel.jsonschema.providers.SnakeYamlNode;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;

/**
 * The OpenAPI document, and what it says of an exchange. Schemas are read strictly here: a member
 * that they don't name is a fault, whereas readers of answers ignore it.
 */
final class Contract {
    private static final String BASE = "https://syncline.invalid/api";
    private static final String LOCAL = "#/components/schemas/";

    /** Headers of HTTP itself, and of all answers alike. */
    private static final Set<String> COMMON =
            Set.of(
                    ":status",
                    "cache-control",
                    "connection",
                    "content-encoding",
                    "content-length",
                    "content-type",
                    "date",
                    "referrer-policy",
                    "syncline-protocol",
                    "syncline-request",
                    "transfer-encoding",
                    "vary",
                    "x-content-type-options");

    /** The answers that any request may get. */
    private static final Set<ErrorCode> ANYWHERE =
            Set.of(
                    ErrorCode.TOO_LARGE,
                    ErrorCode.UPGRADE_REQUIRED,
                    ErrorCode.LIMITED,
                    ErrorCode.INTERNAL,
                    ErrorCode.CORRUPT,
                    ErrorCode.UNAVAILABLE);

    private final Map<String, Object> document;
    private final List<Operation> operations = new ArrayList<>();
    private final Validator validator;
    private final Map<Object, URI> inline = new LinkedHashMap<>();

    /** Each operation's answers that were seen. */
    private final Set<String> seen = new TreeSet<>();

    /** One request of the document. */
    record Operation(
            String id,
            String method,
            String path,
            Map<String, Object> body,
            List<Map<String, Object>> parameters) {
        Map<String, Object> responses() {
            return map(body.get("responses"));
        }

        Optional<String> role() {
            return Optional.ofNullable((String) body.get("x-role"));
        }

        List<Map<String, Object>> parameters(String in) {
            return parameters.stream().filter(p -> in.equals(p.get("in"))).toList();
        }

        Map<String, Object> requestBody() {
            return map(body.getOrDefault("requestBody", Map.of()));
        }

        boolean takesJson() {
            return map(requestBody().getOrDefault("content", Map.of()))
                    .containsKey("application/json");
        }
    }

    Contract() {
        try (InputStream in =
                Contract.class.getResourceAsStream("/io/syncline/server/openapi/openapi.yaml")) {
            document = map(new Yaml().load(Objects.requireNonNull(in)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        map(document.get("paths")).forEach((path, item) -> addPath(path, map(item)));
        validator =
                new ValidatorFactory()
                        .withJsonNodeFactory(new SnakeYamlNode.Factory())
                        .withEvaluatorFactory(new FormatEvaluatorFactory())
                        .createValidator();
        Map<String, Object> definitions = new LinkedHashMap<>();
        schemas().forEach((name, schema) -> definitions.put(name, strict(schema)));
        var unused = validator.registerSchema(URI.create(BASE), json(Map.of("$defs", definitions)));
        assertThat(unused).isNotNull();
    }

    private void addPath(String path, Map<String, Object> item) {
        List<Map<String, Object>> shared = parameters(item);
        item.forEach((method, operation) -> {
            if (!method.equals("parameters")) {
                Map<String, Object> body = map(operation);
                List<Map<String, Object>> all = new ArrayList<>(shared);
                all.addAll(parameters(body));
                String id = String.valueOf(body.get("operationId"));
                operations.add(
                        new Operation(
                                id, method.toUpperCase(java.util.Locale.ROOT), path, body, all));
            }
        });
    }

    private List<Map<String, Object>> parameters(Map<String, Object> of) {
        return list(of.getOrDefault("parameters", List.of())).stream()
                .map(parameter -> resolved(map(parameter)))
                .toList();
    }

    List<Operation> operations() {
        return operations;
    }

    Operation operation(String id) {
        return operations.stream().filter(o -> o.id().equals(id)).findFirst().orElseThrow();
    }

    Map<String, Object> document() {
        return document;
    }

    Map<String, Object> schemas() {
        return map(map(document.get("components")).get("schemas"));
    }

    @SuppressWarnings("unchecked") // The document's mappings have texts as keys.
    static Map<String, Object> map(@Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(@Nullable Object value) {
        return (List<Object>) Objects.requireNonNull(value);
    }

    /** What a reference leads to. */
    Map<String, Object> resolved(Map<String, Object> value) {
        Object reference = value.get("$ref");
        if (reference == null) {
            return value;
        }
        Object at = document;
        for (String segment : ((String) reference).substring(2).split("/", -1)) {
            at = map(at).get(segment);
            assertThat(at).as("what %s leads to", reference).isNotNull();
        }
        return map(at);
    }

    /** The schema with no room for members that it doesn't name, and references made absolute. */
    private static Object strict(Object schema) {
        if (schema instanceof List<?> values) {
            return values.stream().map(Contract::strict).toList();
        }
        if (!(schema instanceof Map<?, ?>)) {
            return schema;
        }
        Map<String, Object> copy = new LinkedHashMap<>();
        map(schema)
                .forEach((key, value) -> {
                    if (key.equals("$ref")) {
                        copy.put(
                                key,
                                BASE + "#/$defs/" + ((String) value).substring(LOCAL.length()));
                    } else {
                        copy.put(key, strict(value));
                    }
                });
        boolean isObject = copy.containsKey("properties") && copy.containsKey("type");
        if (isObject) {
            copy.putIfAbsent("additionalProperties", false);
        }
        return copy;
    }

    /** What is wrong with a JSON text by a schema of the document; nothing if all is well. */
    List<String> faults(Object schema, String json) {
        URI uri =
                inline.computeIfAbsent(
                        schema,
                        one ->
                                validator.registerSchema(
                                        URI.create(BASE + "/" + inline.size()), json(strict(one))));
        Validator.Result result = validator.validate(uri, json);
        return result.isValid()
                ? List.of()
                : result.getErrors().stream().map(Contract::describe).toList();
    }

    List<String> faults(String schemaName, String json) {
        return faults(Map.of("$ref", LOCAL + schemaName), json);
    }

    private static String describe(Error error) {
        return error.getInstanceLocation() + ": " + error.getError();
    }

    /** A value of the document as JSON. */
    static String json(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(out, Objects.requireNonNull(value));
        return out.toString();
    }

    private static void write(StringBuilder out, Object value) {
        switch (value) {
            case Map<?, ?> members -> {
                out.append('{');
                members.forEach((key, member) -> {
                    separate(out, '{');
                    write(out, key);
                    out.append(':');
                    write(out, member);
                });
                out.append('}');
            }
            case List<?> elements -> {
                out.append('[');
                elements.forEach(element -> {
                    separate(out, '[');
                    write(out, element);
                });
                out.append(']');
            }
            case String text -> writeText(out, text);
            default -> out.append(value);
        }
    }

    private static void separate(StringBuilder out, char opening) {
        if (out.charAt(out.length() - 1) != opening) {
            out.append(',');
        }
    }

    private static void writeText(StringBuilder out, String text) {
        out.append('"');
        text.chars()
                .forEach(c -> {
                    if (c == '"' || c == '\\') {
                        out.append('\\').append((char) c);
                    } else if (c < ' ') {
                        out.append("\\u%04x".formatted(c));
                    } else {
                        out.append((char) c);
                    }
                });
        out.append('"');
    }

    /** Fails unless the document says that this operation may be answered so. */
    TestServer.Reply check(Operation operation, TestServer.Reply reply) {
        String what = operation.id() + " answered " + reply.status();
        Object explicit = operation.responses().get(Integer.toString(reply.status()));
        boolean anywhere = ANYWHERE.stream().anyMatch(code -> code.httpStatus() == reply.status());
        assertThat(explicit != null || anywhere).as("%s: %s", what, reply.text()).isTrue();
        Map<String, Object> response =
                resolved(map(explicit != null ? explicit : operation.responses().get("default")));
        checkHeaders(what, response, reply);
        checkBody(what, operation, response, reply);
        seen.add(operation.id() + " " + reply.status());
        return reply;
    }

    private void checkHeaders(String what, Map<String, Object> response, TestServer.Reply reply) {
        Map<String, Object> documented = map(response.getOrDefault("headers", Map.of()));
        documented.forEach((name, reference) -> {
            Map<String, Object> header = resolved(map(reference));
            Optional<String> value = reply.headers().firstValue(name);
            if (value.isPresent()) {
                assertThat(faults(Objects.requireNonNull(header.get("schema")), json(value.get())))
                        .as("%s: header %s: %s", what, name, value.get())
                        .isEmpty();
            } else {
                assertThat(header.get("required"))
                        .as("%s without %s", what, name)
                        .isNotEqualTo(true);
            }
        });
        for (String name : List.of("Syncline-Protocol", "Syncline-Request")) {
            assertThat(reply.headers().firstValue(name)).as("%s: %s", what, name).isPresent();
        }
        Set<String> known = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        known.addAll(COMMON);
        known.addAll(documented.keySet());
        assertThat(known).as("%s: headers", what).containsAll(reply.headers().map().keySet());
    }

    private void checkBody(
            String what,
            Operation operation,
            Map<String, Object> response,
            TestServer.Reply reply) {
        Map<String, Object> content = map(response.getOrDefault("content", Map.of()));
        if (content.isEmpty() || operation.method().equals("HEAD")) {
            assertThat(reply.bytes()).as("%s: body", what).isEmpty();
            return;
        }
        String type = reply.headers().firstValue("Content-Type").orElse("");
        assertThat(content).as("%s: content type", what).containsKey(type);
        Object schema = map(Objects.requireNonNull(content.get(type))).get("schema");
        if (type.endsWith("json")) {
            assertThat(faults(Objects.requireNonNull(schema), reply.text()))
                    .as("%s: %s", what, reply.text())
                    .isEmpty();
        }
        if (type.equals("application/problem+json")) {
            Map<String, Object> problem = map(new Yaml().load(reply.text()));
            ErrorCode code = ErrorCode.valueOf(String.valueOf(problem.get("title")));
            assertThat(code.httpStatus()).as(what).isEqualTo(reply.status());
            assertThat(problem.get("status")).as(what).isEqualTo(reply.status());
            assertThat(problem.get("type")).as(what).isEqualTo("urn:syncline:" + code);
            assertThat(problem.get("instance"))
                    .as(what)
                    .isEqualTo(reply.headers().firstValue("Syncline-Request").orElse(""));
            String description = String.valueOf(response.get("description"));
            assertThat(description).as(what).contains("`" + code + "`");
        }
    }

    /** Takes a socket's opening as seen. */
    void opened(Operation operation) {
        seen.add(operation.id() + " 101");
    }

    /** Answers that the document promises and no exchange has shown. */
    List<String> unseen() {
        List<String> unseen = new ArrayList<>();
        for (Operation operation : operations) {
            for (String status : operation.responses().keySet()) {
                String answer = operation.id() + " " + status;
                if (!status.equals("default") && !seen.contains(answer)) {
                    unseen.add(answer);
                }
            }
        }
        return unseen;
    }

    /** A hash that names nothing. */
    static Hash nothing() {
        return Hash.sha256(
                "nothing has these bytes".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
