package io.syncline.core.wire;

/**
 * Logs a person in: the body of {@code POST /v1/sessions}.
 *
 * @param account the account's name
 */
public record SessionRequest(String account, Secret password) {}
