package io.syncline.system.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All targets by their names. */
final class Targets {
    /** What makes a target that has a folder of its own. */
    private interface Opening {
        Target open(Path folder) throws IOException;
    }

    private static final Map<String, Opening> ALL = all();

    private Targets() {}

    private static Map<String, Opening> all() {
        Map<String, Opening> all = new LinkedHashMap<>();
        List<Target> decoders = new ArrayList<>();
        decoders.addAll(BlockTargets.all());
        decoders.addAll(PackTargets.all());
        decoders.addAll(SnapshotTargets.all());
        decoders.add(ListingTarget.target());
        decoders.addAll(TextTargets.all());
        decoders.add(JsonTargets.target());
        decoders.forEach(decoder -> all.put(decoder.name(), _ -> decoder));
        all.put("ignore", IgnoreTarget::new);
        all.put("files", FilesTarget::new);
        all.put("pack-store", PackStoreTarget::new);
        all.put("request", RequestTarget::new);
        all.put("answer", _ -> new AnswerTarget());
        all.put("socket", SocketTarget::new);
        all.put("control", ControlTarget::new);
        all.put("admin", AdminTarget::new);
        return all;
    }

    static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    /** Those that need nothing but their input, and so are fast. */
    static List<String> decoders() {
        return ALL.keySet().stream().takeWhile(name -> !name.equals("ignore")).toList();
    }

    /** Opens a target; {@code folder} is made, and empty. */
    static Target open(String name, Path folder) throws IOException {
        Opening opening = ALL.get(name);
        if (opening == null) {
            throw new IllegalArgumentException(
                    "there is no target " + name + ", but " + String.join(", ", names()));
        }
        return opening.open(Files.createDirectories(folder));
    }
}
