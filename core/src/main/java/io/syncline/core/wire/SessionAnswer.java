package io.syncline.core.wire;

import io.syncline.core.tree.AccountId;
import java.time.Instant;

/** A new session; the token is in the cookie, too. */
public record SessionAnswer(Secret token, AccountId account, Instant expires) {}
