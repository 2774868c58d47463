package io.syncline.core.wire;

import java.time.Instant;

/** A join link as an owner sees it later: without its secret. */
public record LinkView(String id, Role role, int usesLeft, Instant expires) {}
