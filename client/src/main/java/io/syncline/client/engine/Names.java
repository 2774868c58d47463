package io.syncline.client.engine;

import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;

/** How names are spelt on this disk (R30). */
public interface Names {
    /** A disk that holds every name as it is. */
    Names EXACT =
            new Names() {
                @Override
                public String local(NodeId id, Place place) {
                    return place.name().value();
                }

                @Override
                public Name name(String localName) {
                    return new Name(localName);
                }
            };

    /** The spelling for a node that is about to be put there. */
    String local(NodeId id, Place place);

    /** The name that this spelling stands for; needs no memory. */
    Name name(String localName);

    /**
     * The name that the spelling of a known node stands for: its own, if it is spelt in a shortened
     * form of it.
     */
    default Name name(String localName, Name known) {
        return name(localName);
    }

    /** The directory takes the spelling of that node for another entry's: it gets the next one. */
    default void taken(NodeId id) {}
}
