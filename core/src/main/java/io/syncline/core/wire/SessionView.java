package io.syncline.core.wire;

import io.syncline.core.tree.AccountId;
import java.time.Instant;

/**
 * The session that asks: whose it is, and until when.
 *
 * @param operator whether the account may operate the server
 */
public record SessionView(AccountId account, String name, Instant expires, boolean operator) {}
