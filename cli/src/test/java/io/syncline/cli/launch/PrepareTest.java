package io.syncline.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteJDBCLoader;
import picocli.CommandLine;

final class PrepareTest {
    @TempDir private Path app;
    private Path libraries;

    @BeforeEach
    void publish() throws Exception {
        libraries = Files.createDirectories(app.resolve("lib"));
        for (Class<?> type : List.of(CommandLine.class, Zstd.class, SQLiteJDBCLoader.class)) {
            Path jar = jarOf(type);
            Files.copy(jar, libraries.resolve(jar.getFileName()));
        }
    }

    @Test
    void everyOldClassIsRenewedAndPassesTheVerifier() throws Exception {
        Path picocli = libraries.resolve(jarOf(CommandLine.class).getFileName());
        assertThat(oldClasses(picocli)).isNotEmpty();

        Prepare.prepare(app);

        assertThat(oldClasses(picocli)).isEmpty();
        URL[] place = {picocli.toUri().toURL()};
        try (var loader = new URLClassLoader(place, ClassLoader.getPlatformClassLoader());
                var zip = new ZipFile(picocli.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                String name = entry.getName();
                if (name.startsWith("picocli/") && name.endsWith(".class")) {
                    // Initialising verifies.
                    Class.forName(
                            name.substring(0, name.length() - ".class".length()).replace('/', '.'),
                            true,
                            loader);
                }
            }
        }
    }

    @Test
    void preparingTwiceChangesNothingMore() throws IOException {
        List<String> first = Prepare.prepare(app);

        assertThat(Prepare.prepare(app)).isEqualTo(first);
        try (var files = Files.list(libraries)) {
            assertThat(files).hasSize(3);
        }
    }

    @Test
    void nativeLibrariesAreThoseOfTheJars() throws Exception {
        String entry = "org/sqlite/native/Linux/x86_64/libsqlitejdbc.so";
        Path jar = jarOf(SQLiteJDBCLoader.class);

        Path file =
                NativeLibrary.unpack(jar, Platform.LINUX_AMD64.sqliteEntry(), app).orElseThrow();

        try (var zip = new ZipFile(jar.toFile());
                InputStream in = zip.getInputStream(zip.getEntry(entry))) {
            assertThat(file).hasFileName("libsqlitejdbc.so").hasBinaryContent(in.readAllBytes());
        }
    }

    @Test
    void everyPlatformFindsItsLibraries() throws Exception {
        for (Platform platform : Platform.values()) {
            assertThat(NativeLibrary.unpack(jarOf(Zstd.class), platform.zstdEntry(), app))
                    .as("zstd for %s", platform)
                    .isPresent();
            assertThat(
                            NativeLibrary.unpack(
                                    jarOf(SQLiteJDBCLoader.class), platform.sqliteEntry(), app))
                    .as("sqlite for %s", platform)
                    .isPresent();
        }
    }

    @Test
    void aMissingJarIsSaid() throws IOException {
        Files.delete(libraries.resolve(fileName("zstd-jni")));

        assertThatThrownBy(() -> Prepare.prepare(app)).hasMessageContaining("zstd-jni");
    }

    @Test
    void optionsSurviveQuotesAndBackslashes() {
        assertThat(Prepare.quoted("-Dx=C:\\a \"b\"")).isEqualTo("\"-Dx=C:\\\\a \\\"b\\\"\"");
    }

    private String fileName(String artifact) throws IOException {
        try (var files = Files.list(libraries)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(artifact))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static List<String> oldClasses(Path jar) throws IOException {
        try (var zip = new ZipFile(jar.toFile())) {
            return zip.stream()
                    .filter(entry -> entry.getName().endsWith(".class"))
                    .filter(entry -> majorVersion(zip, entry) < ClassFile.JAVA_6_VERSION)
                    .map(ZipEntry::getName)
                    .toList();
        }
    }

    private static int majorVersion(ZipFile zip, ZipEntry entry) {
        try (InputStream in = zip.getInputStream(entry)) {
            return ClassFile.of().parse(in.readAllBytes()).majorVersion();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path jarOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
