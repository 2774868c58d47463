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
}
