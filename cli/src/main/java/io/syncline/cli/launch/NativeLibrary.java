package io.syncline.cli.launch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Native libraries inside jars. */
final class NativeLibrary {
    private NativeLibrary() {}

    /**
     * Copies the entry of {@code jar} whose name matches {@code pattern} into {@code folder} and
     * returns the file; empty if there is no such entry.
     */
    static Optional<Path> unpack(Path jar, String pattern, Path folder) throws IOException {
        var name = Pattern.compile(pattern);
        try (var zip = new ZipFile(jar.toFile())) {
            Optional<? extends ZipEntry> entry =
                    zip.stream().filter(e -> name.matcher(e.getName()).matches()).findFirst();
            if (entry.isEmpty()) {
                return Optional.empty();
            }
            Path inZip = Path.of(entry.get().getName());
            Path file = folder.resolve(inZip.getName(inZip.getNameCount() - 1));
            try (InputStream in = zip.getInputStream(entry.get())) {
                Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            }
            return Optional.of(file);
        }
    }
}
