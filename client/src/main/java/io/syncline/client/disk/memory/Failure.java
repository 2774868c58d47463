package io.syncline.client.disk.memory;

/** An operation failed with an error number of Linux. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    Failure(int errno) {
        super("errno " + errno, null, false, false);
        this.errno = errno;
    }

    int errno() {
        return errno;
    }
}
