package io.syncline.storage.block.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.storage.block.SnapshotFiles;
import io.syncline.storage.block.SnapshotFilesContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskSnapshotFilesTest extends SnapshotFilesContract {
    @TempDir private Path folder;

    @Override
    protected SnapshotFiles open() {
        return DiskSnapshotFiles.open(folder);
    }

    @Test
    void whatACrashLeftOfADraftGoesAtTheNextStart() throws IOException {
        make(NAME);
        Path own = folder.resolve(PROJECT.value());
        for (String suffix : new String[] {".draft", ".tree", ".contents"}) {
            Files.writeString(own.resolve("3".repeat(32) + suffix), "half");
        }

        try (SnapshotFiles again = DiskSnapshotFiles.open(folder)) {
            assertThat(again.list(PROJECT)).hasSize(1);
        }
        try (Stream<Path> left = Files.list(own)) {
            assertThat(left).containsExactly(own.resolve(NAME + ".snapshot"));
        }
    }

    @Test
    void nothingButTheFileStaysOfADraft() throws IOException {
        make(NAME);

        try (Stream<Path> left = Files.list(folder.resolve(PROJECT.value()))) {
            assertThat(left.map(file -> file.getFileName().toString()))
                    .containsExactly(NAME + ".snapshot");
        }
    }
}
