package io.syncline.storage.metadata;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Named values of the installation, such as the key of the server's MACs (R2). Names are 1..255
 * characters of ASCII, values up to 64 KiB.
 */
public interface Settings {
    /** The value, as a read-only buffer of its own. */
    Optional<ByteBuffer> find(String name);

    /** With the mutations. */
    interface Writable extends Settings {
        /** Sets the value. */
        void put(String name, ByteBuffer value);

        /** Sets the value unless there is one, and returns the one that holds from now on. */
        ByteBuffer putIfAbsent(String name, ByteBuffer value);

        /** Removes it; false when there was none. */
        boolean delete(String name);
    }
}
