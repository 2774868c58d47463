package io.syncline.client.state.sqlite;

import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which nodes of one table are at the places asked for last, mostly none: the planner asks for the
 * same few places a dozen times for each node, and a look-up costs the driver 5 µs. Holds at most
 * {@value #PLACES_MAX} places. Whoever writes a row says {@link #changed} for the place that it had
 * and the place that it gets. Guarded by the store's lock; emptied on rollback.
 */
final class PlaceCache {
    static final int PLACES_MAX = 32_768;

    private final Map<Place, List<NodeId>> places =
            new LinkedHashMap<>(1024, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Place, List<NodeId>> eldest) {
                    return size() > PLACES_MAX;
                }
            };

    List<NodeId> get(Place place, Function<Place, List<NodeId>> load) {
        List<NodeId> ids = places.get(place);
        if (ids == null) {
            ids = List.copyOf(load.apply(place));
            places.put(place, ids);
        }
        return ids;
    }

    /** Other nodes may be there now. */
    void changed(Optional<Place> place) {
        place.ifPresent(places::remove);
    }

    void clear() {
        places.clear();
    }
}
