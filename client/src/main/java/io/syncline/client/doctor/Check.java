package io.syncline.client.doctor;

/**
 * One thing that was looked at.
 *
 * @param about the folder, or the home or system as a whole
 * @param name what was looked at, in a word or two
 * @param text what was found, in one line
 * @param todo what a person can do; empty where nothing is to be done
 */
public record Check(String about, String name, Result result, String text, String todo) {
    /** How it is; in order of how much attention it asks for. */
    public enum Result {
        /** As it should be. */
        OK,
        /** It was wrong and is right now. */
        REPAIRED,
        /** It works, but somebody should know. */
        WARNING,
        /** It doesn't work, or something may be lost. */
        FAULT
    }
}
