package io.syncline.system.bench;

import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.ServerAddress;
import io.syncline.core.wire.JoinAnswer;
import io.syncline.core.wire.JoinLink;
import io.syncline.core.wire.ProjectView;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.Secret;
import io.syncline.system.endtoend.Deployment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What rows are measured on, made when the first row asks for it: a server process over an empty
 * disk, and projects of several sizes on it, made through the public API. Everything is below one
 * directory, which is deleted at the end.
 */
final class Bed implements AutoCloseable {
    private final Path directory;
    private final int files;
    private final Map<Integer, Loader> loaders = new HashMap<>();
    private @Nullable Deployment deployment;
    private @Nullable HttpServerApi api;
    private String token = "";
    private @Nullable NaiveProcess naive;
    private @Nullable Times loading;

    /** A bed below that new directory; the largest project has that many files. */
    Bed(Path directory, int files) {
        this.directory = directory;
        this.files = files;
    }

    /** How many files the largest project has. */
    int files() {
        return files;
    }

    /** This many rounds on large beds, fewer on small ones, which are for looking at the form. */
    int rounds(int atFullSize) {
        return files >= 100_000
                ? atFullSize
                : files >= 1_000 ? Math.max(4, atFullSize / 10) : Math.max(2, atFullSize / 50);
    }

    /** A new directory for a row. */
    Path directory(String name) throws IOException {
        return Files.createDirectories(directory.resolve(name));
    }

    Deployment deployment() {
        if (deployment == null) {
            deployment = new Deployment(directory);
            JoinAnswer answer = join(JoinLink.parse(deployment.joinLink()), "loader");
            token = answer.token().value();
            api = new HttpServerApi(address(), Optional.of(answer.token()));
        }
        return deployment;
    }

    ServerAddress address() {
        return ServerAddress.parse("http://127.0.0.1:" + deployment().port());
    }

    JoinAnswer join(JoinLink link, String name) {
        try (HttpServerApi stranger = new HttpServerApi(address(), Optional.empty())) {
            return stranger.join(link.secret(), name);
        }
    }

    /** The loading device's. */
    HttpServerApi api() {
        var _ = deployment();
        return java.util.Objects.requireNonNull(api);
    }

    /** Its token. */
    String token() {
        var _ = deployment();
        return token;
    }

    /** The largest project. */
    Loader project() throws InterruptedException {
        return project(files);
    }

    /** A project of so many files. */
    Loader project(int size) throws InterruptedException {
        Loader loader = loaders.get(size);
        if (loader == null) {
            ProjectView project = api().newProject("of " + size + " files", false);
            loader = new Loader(api(), project, new Shape(size));
            Progress.say("making a project of %,d files through the API", size);
            long start = System.nanoTime();
            loader.load();
            double millis = (System.nanoTime() - start) / 1e6;
            if (size == files) {
                loading = new Times(millis);
            }
            Progress.say("made in %.1f s, %.0f files a second", millis / 1e3, size / millis * 1e3);
            loaders.put(size, loader);
        }
        return loader;
    }

    /** How long the largest project took to make. */
    Times loading() throws InterruptedException {
        var _ = project();
        return java.util.Objects.requireNonNull(loading);
    }

    /** The text of a join link to a project. */
    String joinLink(ProjectView project) {
        Secret secret =
                api().newLink(project.id(), Role.EDITOR, 1_000, Duration.ofHours(4)).secret();
        URI url = deployment().url();
        return new JoinLink(url.getHost(), url.getPort(), false, secret).format();
    }

    /** The naive server, over this bed's database. */
    NaiveProcess naive() throws IOException {
        if (naive == null) {
            var _ = deployment();
            naive =
                    NaiveProcess.start(
                            directory("naive"),
                            directory.resolve("server-data").resolve("metadata.sqlite"));
        }
        return naive;
    }

    @Override
    public void close() {
        if (api != null) {
            api.close();
        }
        if (naive != null) {
            naive.close();
        }
        if (deployment != null) {
            deployment.close();
        }
        delete(directory);
    }

    /** Deletes a directory with all that is in it; what a dying process still writes may stay. */
    static void delete(Path top) {
        try {
            Files.walkFileTree(
                    top,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                                throws IOException {
                            Files.delete(file);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(
                                Path directory, @Nullable IOException failed) throws IOException {
                            Files.delete(directory);
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
