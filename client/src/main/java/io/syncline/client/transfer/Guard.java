package io.syncline.client.transfer;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.util.function.Consumer;

/** What ends a thread of a transfer ends the transfer. */
final class Guard {
    /** Work that may be interrupted. */
    interface Work {
        void run() throws InterruptedException;
    }

    private Guard() {}

    /** The work, with every failure of it handed on. */
    static Runnable around(Consumer<RuntimeException> failed, Work work) {
        return () -> {
            try {
                work.run();
            } catch (InterruptedException e) {
                failed.accept(cancelled(e));
            } catch (RuntimeException e) {
                failed.accept(e);
            } catch (Error e) {
                failed.accept(new IllegalStateException("a thread of the transfer died", e));
                throw e;
            }
        };
    }

    /** The caller was interrupted. */
    static SynclineException cancelled(InterruptedException cause) {
        return new SynclineException(ErrorCode.UNAVAILABLE, "the transfer was cancelled", cause);
    }
}
