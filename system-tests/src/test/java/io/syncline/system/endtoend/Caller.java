package io.syncline.system.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Somebody who sends requests to a server, with a token or (empty) without one.
 *
 * @param url of the server
 */
record Caller(URI url, String token) {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    private static final Duration TIMEOUT = Duration.ofSeconds(40);

    Caller with(String otherToken) {
        return new Caller(url, otherToken);
    }

    /** An answer as it came. */
    record Reply(int status, HttpHeaders headers, ByteBuffer bytes) {
        byte[] body() {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            return copy;
        }

        String text() {
            return new String(body(), StandardCharsets.UTF_8);
        }

        Json json() {
            assertThat(status).as("%s", text()).isEqualTo(200);
            return Json.parse(text());
        }

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        /** A problem of exactly this code, in the one format there is, that tells no secrets. */
        Json expect(int wanted, String code) {
            assertThat(status).as("%s", text()).isEqualTo(wanted);
            assertThat(header("Content-Type")).isEqualTo("application/problem+json");
            Json problem = Json.parse(text());
            assertThat(problem.at("type").text()).isEqualTo("urn:syncline:" + code);
            assertThat(problem.at("status").number()).isEqualTo(wanted);
            assertThat(problem.at("detail").text())
                    .isNotEmpty()
                    .hasSizeLessThan(600)
                    .doesNotContain("Exception", "io.syncline", "java.", "sqlite");
            assertThat(problem.at("instance").text()).isEqualTo(header("Syncline-Request"));
            boolean retryable = wanted == 429 || wanted == 503;
            assertThat(headers.firstValue("Retry-After").isPresent()).isEqualTo(retryable);
            return problem;
        }
    }

    Reply send(
            String method, String path, HttpRequest.BodyPublisher body, String... namesAndValues) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path))
                        .timeout(TIMEOUT)
                        .method(method, body);
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        if (namesAndValues.length > 0) {
            request.headers(namesAndValues);
        }
        try {
            HttpResponse<byte[]> response =
                    HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Reply(
                    response.statusCode(), response.headers(), ByteBuffer.wrap(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    Reply send(String method, String path, byte[] body, String... namesAndValues) {
        return send(method, path, HttpRequest.BodyPublishers.ofByteArray(body), namesAndValues);
    }

    Reply send(String method, String path, String body, String... namesAndValues) {
        return send(method, path, body.getBytes(StandardCharsets.UTF_8), namesAndValues);
    }

    Reply get(String path, String... namesAndValues) {
        return send("GET", path, HttpRequest.BodyPublishers.noBody(), namesAndValues);
    }
}
