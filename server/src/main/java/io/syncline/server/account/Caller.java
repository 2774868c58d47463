package io.syncline.server.account;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.server.audit.Audit;
import io.syncline.server.edge.Call;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Who sent a request, proven by a token.
 *
 * @param device the device whose token it was; absent for a session
 * @param session the hash of the session's token; absent for a device
 */
public record Caller(AccountId account, Optional<DeviceId> device, Optional<Hash> session) {

    /** The device that this caller's commits are written down to. */
    public DeviceId committer() {
        return device.orElseGet(() -> browserOf(account));
    }

    /**
     * The device that stands for all of an account's browsers: it has a row, so that history can
     * name it, but no token that anybody knows.
     */
    static DeviceId browserOf(AccountId account) {
        Hash hash = Hash.sha256(("browser of " + account).getBytes(StandardCharsets.US_ASCII));
        return new DeviceId(HexFormat.of().formatHex(hash.toBytes(), 0, 16));
    }

    /** As the audit log names who sent this request. */
    public Audit.Actor actor(Call call) {
        return Audit.Actor.of(call, account, device);
    }

    /** The session's token hash, where only people may pass. */
    Hash requireSession() {
        return session.orElseThrow(
                () -> new SynclineException(ErrorCode.FORBIDDEN, "log in with a password first"));
    }
}
