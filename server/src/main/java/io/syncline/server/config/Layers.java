package io.syncline.server.config;

import io.syncline.core.error.SynclineException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds each key's value: a flag wins over the environment, which wins over the file. Variables of
 * the environment that no key has are left alone, since others use such names too.
 */
final class Layers {
    private final Problems problems;
    private final Map<Key, String> values = new EnumMap<>(Key.class);

    private Layers(Problems problems) {
        this.problems = problems;
    }

    static Map<Key, String> read(
            Map<Key, String> flags,
            Map<String, String> environment,
            Optional<Path> file,
            Problems problems) {
        Layers layers = new Layers(problems);
        file.ifPresent(path -> layers.file(path.toString(), ConfigFile.read(path, problems)));
        layers.environment(environment);
        flags.forEach((key, value) -> layers.put(key, value, "--" + key.text()));
        return layers.values;
    }

    private void put(Key key, String value, String where) {
        values.put(key, value);
        problems.source(key, where);
    }

    private void file(String name, List<ConfigFile.Line> lines) {
        Map<Key, Integer> seen = new HashMap<>();
        for (ConfigFile.Line line : lines) {
            String where = name + ":" + line.number();
            boolean inFile = line.key().endsWith(Key.FILE);
            String plain =
                    inFile
                            ? line.key().substring(0, line.key().length() - Key.FILE.length())
                            : line.key();
            Optional<Key> key = Key.of(plain).filter(found -> !inFile || found.isSecret());
            if (key.isEmpty()) {
                problems.add(
                        line.key()
                                + " ("
                                + where
                                + "): there is no such key; is it '"
                                + Key.like(line.key()).text()
                                + "'?");
                continue;
            }
            Integer before = seen.putIfAbsent(key.get(), line.number());
            if (before != null) {
                problems.add(line.key() + " (" + where + "): said before in line " + before);
            } else if (inFile) {
                fromFile(key.get(), line.value(), where);
            } else {
                put(key.get(), line.value(), where);
            }
        }
    }

    private void environment(Map<String, String> environment) {
        for (Key key : Key.values()) {
            String name = key.environment();
            Optional<String> value = set(environment, name);
            Optional<String> fileName =
                    key.isSecret() ? set(environment, name + "_FILE") : Optional.empty();
            if (value.isPresent() && fileName.isPresent()) {
                problems.add(name + " and " + name + "_FILE: only one of them can be meant");
            } else if (fileName.isPresent()) {
                fromFile(key, fileName.get(), name + "_FILE");
            } else {
                value.ifPresent(text -> put(key, text, name));
            }
        }
    }

    /** An empty variable is none: there is no other way to unset one in many places. */
    private static Optional<String> set(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
    }

    private void fromFile(Key key, String fileName, String where) {
        problems.source(key, where);
        try {
            put(key, ConfigFile.secret(Path.of(fileName)), where);
        } catch (SynclineException | InvalidPathException e) {
            problems.add(key, String.valueOf(e.getMessage()));
        }
    }
}
