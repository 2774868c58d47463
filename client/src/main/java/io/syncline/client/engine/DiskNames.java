package io.syncline.client.engine;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.OurNames;
import io.syncline.core.name.Decoded;
import io.syncline.core.name.FileSystemTraits;
import io.syncline.core.name.LocalNames;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.HashMap;
import java.util.Map;

/**
 * Names as a disk can hold them (R30). Who comes first has the plain spelling; where the disk says
 * that a spelling is another entry's already, the node gets its next one. So no directory needs to
 * be known as one that ignores case, and nothing is looked up for the names that collide with none.
 * A node keeps the spelling that it has on disk.
 */
public final class DiskNames implements Names {
    /** Nodes whose plain spelling was taken, that are remembered; beyond them all are forgotten. */
    private static final int TAKEN_MAX = 100_000;

    private final LocalNames names;
    private final boolean exact;
    private final Map<NodeId, Integer> attempts = new HashMap<>();

    /** The names of a disk of these traits. */
    DiskNames(FileSystemTraits traits) {
        this.names = new LocalNames(traits);
        this.exact = traits.equals(FileSystemTraits.LINUX);
    }

    /** The names of that disk. */
    public static DiskNames of(Disk disk) {
        return new DiskNames(disk.spelling());
    }

    @Override
    public String local(NodeId id, Place place) {
        Name name = place.name();
        boolean ours =
                OurNames.isOurs(name.value())
                        || (place.parent().isRoot()
                                && names.areRivals(name.value(), LocalPath.CONTROL_NAME));
        int attempt = Math.max(attempts.getOrDefault(id, 0), ours ? 1 : 0);
        // What looks like a spelling has this character; other names are what they are there.
        return exact && attempt == 0 && name.value().indexOf('~') < 0
                ? name.value()
                : names.encode(name, attempt).value();
    }

    @Override
    public Name name(String localName) {
        return switch (names.decode(localName)) {
            case Decoded.Plain(Name plain) -> plain;
            case Decoded.Mapped(Name mapped) -> mapped;
            case Decoded.Shortened(Name literal) -> literal;
            // The disk lists no such names.
            case Decoded.Impossible(String fault) ->
                    throw new IllegalStateException("'" + localName + "' is listed: " + fault);
        };
    }

    @Override
    public Name name(String localName, Name known) {
        return names.isShortFor(localName, known) ? known : name(localName);
    }

    @Override
    public void taken(NodeId id) {
        if (attempts.size() >= TAKEN_MAX) {
            attempts.clear();
        }
        attempts.merge(id, 1, (before, more) -> (before + more) % LocalNames.ATTEMPTS_MAX);
    }
}
