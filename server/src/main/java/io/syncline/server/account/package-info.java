/**
 * Who calls and what they may do: accounts, passwords, sessions, devices' tokens, join links.
 * {@link io.syncline.server.account.Access} stands before every handler of the other features and
 * is where "no peeking" (L7) is kept; {@link io.syncline.server.account.Accounts} answers the
 * addresses.
 *
 * <p>No secret is stored or logged: tokens and links by their SHA-256, passwords by Argon2id.
 */
@NullMarked
package io.syncline.server.account;

import org.jspecify.annotations.NullMarked;
