package io.syncline.cli.launch;

import io.syncline.cli.Main;
import java.util.List;

/**
 * What the AOT cache is trained with: the JVM records which classes these command lines load. They
 * must be harmless, need neither a server nor a folder, and end by themselves.
 */
public final class Training {
    private static final List<List<String>> COMMAND_LINES =
            List.of(List.of("version"), List.of("--help"), List.of("no-such-command"));

    private Training() {}

    /** Runs each command line once; what they answer doesn't matter. */
    public static void main(String[] arguments) {
        for (List<String> line : COMMAND_LINES) {
            int status = Main.run(line.toArray(String[]::new));
            System.out.println(line + ": " + status);
        }
    }
}
