package io.syncline.core.wire;

/** The document that adds a member. */
final class MemberJson {
    private MemberJson() {}

    static void writeRequest(JsonWriter out, MemberRequest request) {
        out.beginObject().member("name", request.name()).member("role", request.role()).endObject();
    }

    static MemberRequest readRequest(JsonReader in) {
        String name = null;
        Role role = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "name" -> name = in.text();
                case "role" -> role = in.word(Role.class);
                default -> in.unknown();
            }
        }
        return new MemberRequest(in.required("name", name), in.required("role", role));
    }
}
