package io.syncline.client.api;

import io.syncline.core.tree.AccountId;
import java.time.Instant;

/** A signed-in account: the answer to {@code POST /v1/sessions}. */
public record Session(Token token, AccountId account, Instant expires) {}
