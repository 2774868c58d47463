package io.syncline.storage.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.tree.ProjectId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every store of snapshots' files promises. */
public abstract class SnapshotFilesContract {
    protected static final ProjectId PROJECT = new ProjectId("a".repeat(32));
    protected static final String NAME = "1".repeat(32);
    private static final String OTHER = "2".repeat(32);

    private SnapshotFiles files;

    /** Opens a store, empty at first. */
    protected abstract SnapshotFiles open();

    @BeforeEach
    void openStore() {
        files = open();
    }

    @AfterEach
    void closeStore() {
        files.close();
    }

    @Test
    void fileIsItsHeadThenItsTreeThenItsContents() throws IOException {
        long size = make(NAME);

        assertThat(size).isEqualTo(16);
        try (SnapshotFiles.Reading reading = files.open(PROJECT, NAME).orElseThrow()) {
            assertThat(reading.sizeBytes()).isEqualTo(16);
            assertThat(text(reading.read(0, 16))).isEqualTo("headtree1tree2cc");
            assertThat(text(reading.read(4, 5))).isEqualTo("tree1");
            assertThat(text(reading.read(16, 0))).isEmpty();
            assertThatThrownBy(() -> reading.read(10, 7)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> reading.read(-1, 2)).isInstanceOf(IOException.class);
        }
    }

    @Test
    @DisplayName("A draft that isn't published never was")
    void unpublishedDraftNeverWas() throws IOException {
        try (SnapshotFiles.Draft draft = files.draft(PROJECT, NAME)) {
            draft.tree().write(bytes("tree"));
        }

        assertThat(files.open(PROJECT, NAME)).isEmpty();
        assertThat(files.list(PROJECT)).isEmpty();
        assertThat(make(NAME)).isPositive();
    }

    @Test
    void filesOfAProjectAreListedAndDeleted() throws IOException {
        make(OTHER);
        make(NAME);

        assertThat(files.list(PROJECT))
                .extracting(SnapshotFiles.Entry::name)
                .containsExactly(NAME, OTHER);
        assertThat(files.list(new ProjectId("b".repeat(32)))).isEmpty();
        assertThat(files.delete(PROJECT, NAME)).isTrue();
        assertThat(files.delete(PROJECT, NAME)).isFalse();
        assertThat(files.open(PROJECT, NAME)).isEmpty();
        assertThat(files.list(PROJECT))
                .extracting(SnapshotFiles.Entry::name)
                .containsExactly(OTHER);
    }

    @Test
    void readerKeepsAFileThatIsDeletedMeanwhile() throws IOException {
        make(NAME);
        try (SnapshotFiles.Reading reading = files.open(PROJECT, NAME).orElseThrow()) {
            files.delete(PROJECT, NAME);

            assertThat(text(reading.read(0, 4))).isEqualTo("head");
        }
    }

    @Test
    void fileIsNeverReplaced() throws IOException {
        make(NAME);

        assertThatThrownBy(() -> files.draft(PROJECT, NAME))
                .isInstanceOf(IllegalStateException.class);
    }

    protected long make(String name) throws IOException {
        try (SnapshotFiles.Draft draft = files.draft(PROJECT, name)) {
            draft.tree().write(bytes("tree1"));
            draft.contents().write(bytes("c"));
            draft.tree().write(bytes("tree2"));
            draft.contents().write(bytes("c"));
            return draft.publish(bytes("head"));
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.US_ASCII.decode(bytes).toString();
    }
}
