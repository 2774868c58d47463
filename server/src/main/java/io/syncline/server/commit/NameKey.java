package io.syncline.server.commit;

import io.syncline.core.tree.Name;
import java.text.Normalizer;
import java.util.Locale;

/**
 * The key by which a project of portable names tells names apart: two names with one key may be the
 * same on some file system. NFC, then case folded by way of upper case (so that ß and ss, or the
 * two lower-case sigmas, meet), then NFC again, because folding may decompose.
 */
final class NameKey {
    private NameKey() {}

    static String of(Name name) {
        String composed = Normalizer.normalize(name.value(), Normalizer.Form.NFC);
        String folded = composed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        return Normalizer.normalize(folded, Normalizer.Form.NFC);
    }
}
