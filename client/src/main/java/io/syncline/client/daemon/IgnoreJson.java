package io.syncline.client.daemon;

import io.syncline.client.ignore.IgnoreFile;
import io.syncline.core.wire.JsonWriter;

/** The documents about a folder's ignore rules, as the device's page reads them. */
final class IgnoreJson {
    private IgnoreJson() {}

    static byte[] rules(IgnoreFile.Rules rules) {
        return new JsonWriter()
                .beginObject()
                .member("text", rules.text())
                .member("version", rules.version())
                .endObject()
                .toBytes();
    }

    static byte[] preview(IgnoreFile.Preview preview) {
        return new JsonWriter()
                .beginObject()
                .member("looked", preview.looked())
                .member("complete", preview.complete())
                .member("files", preview.files())
                .member("directories", preview.directories())
                .array("matches", preview.matches(), IgnoreJson::match)
                .endObject()
                .toBytes();
    }

    private static void match(JsonWriter out, IgnoreFile.Match match) {
        out.beginObject()
                .member("path", match.path().toString())
                .member("directory", match.directory())
                .endObject();
    }
}
