package io.syncline.storage.backup;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.JsonCodec;
import io.syncline.core.wire.JsonReader;
import io.syncline.core.wire.JsonWriter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a whole backup says of itself.
 *
 * @param made when its copy of the metadata was begun
 * @param program the version of the program that made it
 * @param metadata SHA-256 of {@code metadata.sqlite}
 * @param packList SHA-256 of {@code packs.txt}
 * @param packBytes the sum of their lengths
 */
public record Manifest(
        Instant made,
        String program,
        long metadataBytes,
        Hash metadata,
        long packs,
        long packBytes,
        Hash packList) {
    /** The version of the folder's format. */
    static final int FORMAT = 1;

    static final JsonCodec<Manifest> CODEC = new JsonCodec<>(Manifest::write, Manifest::read);

    private static void write(JsonWriter out, Manifest manifest) {
        out.beginObject()
                .member("format", FORMAT)
                .member("made", manifest.made)
                .member("program", manifest.program)
                .member("metadataBytes", manifest.metadataBytes)
                .member("metadata", manifest.metadata.toHex())
                .member("packs", manifest.packs)
                .member("packBytes", manifest.packBytes)
                .member("packList", manifest.packList.toHex())
                .endObject();
    }

    private static Manifest read(JsonReader in) {
        long format = 0;
        @Nullable Instant made = null;
        @Nullable String program = null;
        long metadataBytes = 0;
        @Nullable Hash metadata = null;
        long packs = 0;
        long packBytes = 0;
        @Nullable Hash packList = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "format" -> format = in.number();
                case "made" -> made = in.instant();
                case "program" -> program = in.text();
                case "metadataBytes" -> metadataBytes = in.number(0, Long.MAX_VALUE);
                case "metadata" -> metadata = in.text(Hash::parse);
                case "packs" -> packs = in.number(0, Long.MAX_VALUE);
                case "packBytes" -> packBytes = in.number(0, Long.MAX_VALUE);
                case "packList" -> packList = in.text(Hash::parse);
                default -> in.unknown();
            }
        }
        if (format != FORMAT) {
            throw new SynclineException(
                    ErrorCode.INVALID,
                    "the backup has format " + format + "; this program knows " + FORMAT);
        }
        return new Manifest(
                in.required("made", made),
                in.required("program", program),
                metadataBytes,
                in.required("metadata", metadata),
                packs,
                packBytes,
                in.required("packList", packList));
    }
}
