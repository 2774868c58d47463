package io.syncline.core.wire;

import io.syncline.core.tree.AccountId;
import java.time.Instant;

/** A session as its owner sees it. */
final class SessionJson {
    private SessionJson() {}

    static void writeView(JsonWriter out, SessionView view) {
        out.beginObject()
                .member("account", view.account().value())
                .member("name", view.name())
                .member("expires", view.expires());
        if (view.operator()) {
            out.member("operator", true);
        }
        out.endObject();
    }

    static SessionView readView(JsonReader in) {
        AccountId account = null;
        String name = null;
        Instant expires = null;
        boolean operator = false;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "account" -> account = in.text(AccountId::new);
                case "name" -> name = in.text();
                case "expires" -> expires = in.instant();
                case "operator" -> operator = in.bool();
                default -> in.unknown();
            }
        }
        return new SessionView(
                in.required("account", account),
                in.required("name", name),
                in.required("expires", expires),
                operator);
    }
}
