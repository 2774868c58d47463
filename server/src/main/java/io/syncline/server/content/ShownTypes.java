package io.syncline.server.content;

import io.syncline.core.tree.Name;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a browser may show in its own window, by the ending of a name: pictures, sound and video
 * that can't hold a script, and PDF, whose scripts browsers keep away from pages. SVG and HTML
 * aren't among them. Together with {@code nosniff} a wrong ending shows nothing.
 */
final class ShownTypes {
    /** For whatever might run: nothing is allowed, and no origin is shared. */
    static final String SANDBOX = "sandbox; default-src 'none'";

    /** A sandbox would keep Chromium from showing PDF at all; only our own page may frame it. */
    private static final String PDF_POLICY =
            "default-src 'none'; object-src 'self'; style-src 'unsafe-inline';"
                    + " frame-ancestors 'self'";

    private static final Map<String, Shown> BY_ENDING = new HashMap<>();

    static {
        add("image/png", "png");
        add("image/jpeg", "jpg", "jpeg");
        add("image/gif", "gif");
        add("image/webp", "webp");
        add("image/avif", "avif");
        add("image/bmp", "bmp");
        add("image/x-icon", "ico");
        add("video/mp4", "mp4", "m4v");
        add("video/webm", "webm");
        add("video/quicktime", "mov");
        add("audio/mpeg", "mp3");
        add("audio/mp4", "m4a", "aac");
        add("audio/ogg", "ogg", "oga", "opus");
        add("audio/flac", "flac");
        add("audio/wav", "wav");
        BY_ENDING.put("pdf", new Shown("application/pdf", PDF_POLICY));
    }

    private ShownTypes() {}

    /** A media type, and the policy that goes with it. */
    record Shown(String type, String policy) {}

    private static void add(String type, String... endings) {
        for (String ending : endings) {
            BY_ENDING.put(ending, new Shown(type, SANDBOX));
        }
    }

    static Optional<Shown> of(Name name) {
        String text = name.value();
        String ending = text.substring(text.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return Optional.ofNullable(BY_ENDING.get(ending));
    }
}
