package io.syncline.server.account;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.LongConsumer;

/** Tells of bytes as they are written. */
final class CountedOutput extends FilterOutputStream {
    private final LongConsumer written;

    CountedOutput(OutputStream out, LongConsumer written) {
        super(out);
        this.written = written;
    }

    @Override
    public void write(int one) throws IOException {
        out.write(one);
        written.accept(1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        out.write(from, offset, length);
        written.accept(length);
    }
}
