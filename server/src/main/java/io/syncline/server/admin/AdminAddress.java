package io.syncline.server.admin;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.JsonCodec;
import io.syncline.core.wire.JsonReader;
import io.syncline.core.wire.JsonWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a running server takes admin requests: {@code admin.json} in its data folder, readable by
 * its owner alone.
 *
 * @param port on loopback
 * @param token random; whoever has it may do everything
 */
record AdminAddress(int port, String token) {
    private static final String FILE = "admin.json";
    private static final int BYTES_MAX = 4 << 10;
    private static final JsonCodec<AdminAddress> CODEC =
            new JsonCodec<>(AdminAddress::write, AdminAddress::read);

    private static void write(JsonWriter out, AdminAddress address) {
        out.beginObject().member("port", address.port).member("token", address.token).endObject();
    }

    private static AdminAddress read(JsonReader in) {
        int port = 0;
        @Nullable String token = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "port" -> port = in.integer(1, 65_535);
                case "token" -> token = in.text();
                default -> in.unknown();
            }
        }
        return new AdminAddress(port, in.required("token", token));
    }

    /** Writes the file whole, or not at all. */
    void store(Path data) {
        Path file = data.resolve(FILE);
        Path temporary = data.resolve(FILE + ".new");
        try {
            Files.deleteIfExists(temporary);
            try (FileChannel out =
                    FileChannel.open(
                            temporary,
                            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            ownerOnly())) {
                ByteBuffer bytes = ByteBuffer.wrap(CODEC.toBytes(this));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }
            Files.move(
                    temporary,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw failed("cannot write " + file, e);
        }
    }

    private static FileAttribute<?>[] ownerOnly() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    /** The address in the file; a server that was killed leaves its file behind. */
    static Optional<AdminAddress> load(Path data) {
        Path file = data.resolve(FILE);
        try (var in = Files.newInputStream(file)) {
            return Optional.of(CODEC.fromStream(in, BYTES_MAX));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failed("cannot read " + file, e);
        }
    }

    static void remove(Path data) {
        try {
            Files.deleteIfExists(data.resolve(FILE));
        } catch (IOException e) {
            throw failed("cannot remove " + data.resolve(FILE), e);
        }
    }

    private static SynclineException failed(String what, IOException e) {
        return new SynclineException(ErrorCode.UNAVAILABLE, what + ": " + e.getMessage(), e);
    }
}
