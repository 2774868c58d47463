package io.syncline.core.wire;

/**
 * Makes an account a member: the body of {@code POST /v1/projects/{p}/members}.
 *
 * @param name the account's, exactly
 */
public record MemberRequest(String name, Role role) {
    public MemberRequest {
        Label.check("the account's name", name);
    }
}
