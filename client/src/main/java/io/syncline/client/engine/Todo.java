package io.syncline.client.engine;

import io.syncline.client.disk.Outcome;

/** What a person can do about what the status tells; empty where there is nothing to be done. */
final class Todo {
    static final String NOTHING = "";

    /** The server lacks bytes of a file, or has them damaged. */
    static final String ELSEWHERE =
            "nothing, as soon as another device that has the file runs: it sends what is missing by"
                    + " itself. Without one, 'syncline history FILE' shows older versions";

    static final String READ_ONLY =
            "it stays here and isn't sent; ask the project's owner for the role 'editor', or move"
                    + " it out of the folder";

    private Todo() {}

    /** This disk refused. */
    static String about(Outcome.Refused refused) {
        return switch (refused) {
            case Outcome.NoSpace _ -> "free some space on this disk; it goes on by itself";
            case Outcome.Denied _ ->
                    "allow it to the user that runs syncline, as by 'chmod u+rwX'; it goes on by"
                            + " itself";
            case Outcome.Unreadable _ -> "look at the disk's health; it is tried again by itself";
            case Outcome.Unsupported _ ->
                    "rename it on another device; else it stays away from this one";
            case Outcome.Changed _, Outcome.Missing _, Outcome.Exists _, Outcome.NotEmpty _ ->
                    NOTHING;
        };
    }
}
