package io.syncline.client.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.daemon.FolderStatus.Answer;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.ignore.IgnoreFile;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class ReopeningFolderTest {
    private final List<String> log = new ArrayList<>();
    private final ArrayDeque<Runnable> background = new ArrayDeque<>();
    private List<Answer> answers = List.of(Answer.RESUME);
    private boolean failing;
    private int opened;

    /** Stopped, from the first moment on. */
    private final class Stopped implements SyncedFolder {
        private final int number = ++opened;

        @Override
        public FolderStatus status() {
            return FolderStatus.stopped("stop " + number, Optional.empty(), answers);
        }

        @Override
        public void pause() {
            log.add("pause " + number);
        }

        @Override
        public void resume() {
            log.add("resume " + number);
        }

        @Override
        public void confirm() {
            log.add("confirm " + number);
        }

        @Override
        public void reject() {
            log.add("reject " + number);
        }

        @Override
        public void syncNow() {
            log.add("sync " + number);
        }

        @Override
        public List<LocalPath> conflicts(int limit) {
            return List.of();
        }

        @Override
        public IgnoreFile ignoreFile() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            log.add("close " + number);
        }
    }

    private SyncedFolder open() {
        if (failing) {
            throw new SynclineException(ErrorCode.NOT_FOUND, "the disk is out");
        }
        log.add("open " + (opened + 1));
        return new Stopped();
    }

    private ReopeningFolder folder() {
        return new ReopeningFolder(this::open, background::add);
    }

    private void runAll() {
        while (!background.isEmpty()) {
            background.poll().run();
        }
    }

    @Test
    @DisplayName("R27 what stopped is closed before it is opened anew, and then goes on")
    void resumeOpensAnew() {
        ReopeningFolder folder = folder();
        folder.resume();
        folder.resume();
        assertThat(log).containsExactly("open 1");

        runAll();

        assertThat(log).containsExactly("open 1", "close 1", "open 2", "resume 2");
        assertThat(folder.status().reason()).contains("stop 2");
    }

    @Test
    @DisplayName("R28 what asks something isn't opened anew")
    void whatAsksIsTold() {
        answers = List.of(Answer.CONFIRM, Answer.REJECT);
        ReopeningFolder folder = folder();
        folder.resume();
        folder.confirm();
        folder.reject();

        assertThat(background).isEmpty();
        assertThat(log).containsExactly("open 1", "resume 1", "confirm 1", "reject 1");
    }

    @Test
    @DisplayName("a folder that can't be opened is stopped, and opened on resume")
    void unopened() {
        failing = true;
        ReopeningFolder folder = folder();
        assertThat(folder.status().state()).isEqualTo(FolderStatus.State.STOPPED);
        assertThat(folder.status().reason()).contains("the disk is out");
        assertThat(folder.status().answers()).containsExactly(Answer.RESUME);
        folder.resume();
        runAll();
        assertThat(folder.status().reason()).contains("the disk is out");

        failing = false;
        folder.resume();
        runAll();

        assertThat(log).containsExactly("open 1", "resume 1");
        assertThat(folder.status().reason()).contains("stop 1");
    }

    @Test
    void whatIsClosedStaysClosed() {
        ReopeningFolder folder = folder();
        folder.resume();
        folder.close();

        runAll();

        assertThat(log).containsExactly("open 1", "close 1");
    }
}
