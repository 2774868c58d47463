package io.syncline.client.daemon;

import io.syncline.client.bandwidth.BandwidthLimits;
import io.syncline.core.wire.JsonCodec;
import io.syncline.core.wire.JsonReader;
import io.syncline.core.wire.JsonWriter;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How limits are spelt, in the home's file, in the status and in requests: bytes per second, a
 * direction without a limit left out.
 */
public final class BandwidthLimitsJson {
    /** Writes and reads the document. */
    public static final JsonCodec<BandwidthLimits> CODEC =
            new JsonCodec<>(BandwidthLimitsJson::write, BandwidthLimitsJson::read);

    private BandwidthLimitsJson() {}

    private static void write(JsonWriter out, BandwidthLimits limits) {
        out.beginObject()
                .optional("uploadBytesPerSecond", boxed(limits.upload()), JsonWriter::number)
                .optional("downloadBytesPerSecond", boxed(limits.download()), JsonWriter::number)
                .endObject();
    }

    private static Optional<Long> boxed(OptionalLong rate) {
        return rate.isPresent() ? Optional.of(rate.getAsLong()) : Optional.empty();
    }

    private static BandwidthLimits read(JsonReader in) {
        OptionalLong upload = OptionalLong.empty();
        OptionalLong download = OptionalLong.empty();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "uploadBytesPerSecond" -> upload = rate(in);
                case "downloadBytesPerSecond" -> download = rate(in);
                default -> in.unknown();
            }
        }
        return new BandwidthLimits(upload, download);
    }

    private static OptionalLong rate(JsonReader in) {
        return OptionalLong.of(in.number(BandwidthLimits.MIN, BandwidthLimits.MAX));
    }
}
