package io.syncline.storage.block.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.RandomId;
import io.syncline.storage.block.SnapshotFiles;
import io.syncline.storage.block.SnapshotFilesContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class S3SnapshotFilesTest extends SnapshotFilesContract {
    @TempDir private static Path folder;

    private static final Random RANDOM = new Random(6);

    private static TestS3 s3;

    @TempDir private Path local;

    private final String prefix = RandomId.next(RANDOM);

    @BeforeAll
    static void start() throws Exception {
        s3 = new TestS3(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        s3.stop();
    }

    @Override
    protected SnapshotFiles open() {
        return open(local.resolve("own"));
    }

    private SnapshotFiles open(Path copies) {
        return S3SnapshotFiles.open(TestS3.settings(prefix, s3.port()), copies);
    }

    @Test
    @DisplayName("another process has the file as well, and a copy is read where there is one")
    void fileIsEverybodys() throws IOException {
        make(NAME);
        Path copies = local.resolve("other");
        try (SnapshotFiles other = open(copies)) {
            for (int i = 0; i < 3; i++) {
                try (SnapshotFiles.Reading reading = other.open(PROJECT, NAME).orElseThrow()) {
                    assertThat(reading.sizeBytes()).isEqualTo(16);
                }
                assertThat(files(copies)).isEqualTo(1);
            }
            assertThat(other.delete(PROJECT, NAME)).isTrue();
            assertThat(other.open(PROJECT, NAME)).isEmpty();
        }
        assertThat(files(copies)).isZero();
    }

    private static long files(Path in) throws IOException {
        try (Stream<Path> all = Files.list(in)) {
            return all.count();
        }
    }
}
