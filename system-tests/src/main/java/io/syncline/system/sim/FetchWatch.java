package io.syncline.system.sim;

import io.syncline.client.state.Agreed;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.Hashes;
import io.syncline.core.wire.Limits;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sees that a device asks for no block that it has or has been given already, while it is
 * undisturbed: since it was in step, with exactly what is agreed on on its disk, nobody else has
 * touched that, nothing failed there, the process goes on, and every request for blocks was
 * answered. A block may be asked for once for each of its places in contents of versions that the
 * device hasn't agreed on, but not for those of a node whose file here holds it. The content of one
 * block, and the top of a tree, is always asked for.
 */
final class FetchWatch implements Network.Watch {
    /** What people did so long ago is over: no scan is under way that saw half of it. */
    private static final long CALM_NANOS = Duration.ofSeconds(3).toNanos();

    private final Kernel kernel;
    private final Chronicle chronicle;
    private final SimulatedDevice device;
    private final AgreedDisk agreement;

    /** For which versions each block was lacking when it was asked for, since it is calm. */
    private final Map<Hash, Set<Chronicle.Held>> reasons = new HashMap<>();

    /** How often each block was asked for since then. */
    private final Map<Hash, Integer> asked = new HashMap<>();

    private long disturbances;
    private boolean isCalm;

    FetchWatch(Kernel kernel, Chronicle chronicle, SimulatedDevice device, AgreedDisk agreement) {
        this.kernel = kernel;
        this.chronicle = chronicle;
        this.device = device;
        this.agreement = agreement;
    }

    /**
     * A request is sent.
     *
     * @throws Violation "twice" where it asks for a block that the device has or was given
     */
    @Override
    public Sent sending(Envelope request) {
        look();
        if (!request.path().endsWith("/blocks/read")) {
            return Sent.NOTHING;
        }
        List<Hash> hashes =
                Hashes.fromBytes(request.body(Limits.JSON_BODY_BYTES_MAX), Limits.READ_HASHES_MAX);
        if (isCalm) {
            hashes.forEach(this::isAsked);
        }
        return isAnswered -> isCalm &= isAnswered;
    }

    /** Sees whether the device still is undisturbed, or is again. */
    void look() {
        if (device.disturbances() != disturbances || !device.isSound()) {
            disturbances = device.disturbances();
            isCalm = false;
        }
        if (!isCalm && becomesCalm()) {
            isCalm = true;
            reasons.clear();
            asked.clear();
        }
    }

    /** Whether nothing has happened there since it was in step but what the server told it. */
    boolean isCalm() {
        look();
        return isCalm;
    }

    private void isAsked(Hash hash) {
        Set<Chronicle.Held> known = reasons.computeIfAbsent(hash, _ -> new HashSet<>());
        for (Chronicle.Held version : chronicle.held()) {
            if (chronicle.blocks(version.content()).containsKey(hash) && lacks(version, hash)) {
                known.add(version);
            }
        }
        int most =
                known.stream()
                        .mapToInt(version -> chronicle.blocks(version.content()).get(hash))
                        .sum();
        int times = asked.merge(hash, 1, Integer::sum);
        if (times > most) {
            throw new Violation(
                    "twice",
                    device.name()
                            + " asks for block "
                            + hash
                            + " for the "
                            + times
                            + ". time; it lacked it for "
                            + known);
        }
    }

    /** Whether the device, as it is now, needs the block for that version. */
    private boolean lacks(Chronicle.Held version, Hash hash) {
        Optional<Agreed> agreed = device.state().agreed(version.node());
        if (agreed.filter(Agreed::isMaterialised).isEmpty()) {
            return true;
        }
        if (version.sequence() < agreed.get().version()) {
            return false;
        }
        Content content = version.content();
        Optional<Content> here = agreed.get().item().content();
        return !here.equals(Optional.of(content))
                && (content.level() == 0
                        || content.hash().equals(hash)
                        || here.filter(has -> chronicle.blocks(has).containsKey(hash)).isEmpty());
    }

    private boolean becomesCalm() {
        return device.isInStep()
                && device.isSound()
                && kernel.nanos() - device.disturbedNanos() >= CALM_NANOS
                && agreement.isExact();
    }
}
