package io.syncline.system.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Something that happens to the world from outside. What exactly follows from its own seed and from
 * how it finds the world, so that the others stay what they are when one is left out.
 *
 * @param gapSteps steps of the kernel since the one before
 * @param device whom it hits, where it hits a device
 */
record Action(int gapSteps, Kind kind, int device, long seed) {
    /** What may happen, and how often among a thousand. */
    enum Kind {
        /** Somebody does something in a folder. */
        EDIT(700),
        /** The client ends at once, and begins anew. */
        KILL(30),
        /** The same, but it ends as it should. */
        RESTART(15),
        /** The device's power fails, and comes back. */
        POWER_CUT(25),
        /** The client's database is lost, and it begins anew. */
        LOSE_STATE(4),
        /** A device's connection is cut, or mended. */
        CUT(30),
        /** A device's event channel breaks. */
        DISCONNECT(15),
        /** How good the network is changes. */
        WEATHER(25),
        /** The server ends at once, and begins anew. */
        SERVER_KILL(20),
        /** The server goes, and comes back with the next action of this kind. */
        SERVER_DOWN(10),
        /** The server's rows are remembered. */
        BACK_UP(8),
        /** The server is taken back to what was remembered, unawares. */
        GO_BACK(6),
        /**
         * The server is backed up, unknown to some who are cut off; or taken back to that, and they
         * alone are connected; in forked worlds only.
         */
        FORK(150),
        /** What the server does in the background now and then. */
        MAINTAIN(15),
        /**
         * What was sent days ago is committed while the server cleans up; in collecting worlds
         * only.
         */
        LATE_COMMIT(60),
        /** Somebody has a directory and one in it change places; in worlds apart only. */
        INSIDE_OUT(60),
        /** The disk begins to fail now and then, or is full; or is well again. */
        DISK(20),
        /** The disk gets slow, or fast again. */
        SLOW(10),
        /** The watcher missed something. */
        WATCHER(15),
        /** The device's clock jumps. */
        CLOCK(10),
        /** People begin to act where the client does, or stop it; in hasty worlds only. */
        HASTE(150),
        /** Client or power end soon, in the middle of a change; in sudden worlds only. */
        SUDDEN(250),
        /** The folder's disk is pulled out, or put back in; in plugged worlds only. */
        PLUG(100),
        /** The client's database is backed up, or taken back to that; in restored worlds only. */
        OLD_STATE(60),
        /** The power fails as soon as the device is at rest; in worlds of that only. */
        LATE_CUT(120),
        /** Somebody takes rights from a directory, or gives all back; in locked worlds only. */
        LOCK(120),
        /** Somebody changes what the folder ignores; in ignoring worlds only. */
        IGNORE(100),
        /** Somebody deletes nearly all; in worlds of deleting only. */
        SWEEP(80),
        /**
         * A folder and its client's database are copied to another machine; in cloned worlds only.
         */
        CLONE(40),
        /** A device is put away, or comes back; in worlds of that only. */
        AWAY(30),
        /** Months pass in which nobody works; in worlds of that only. */
        SEASON(40),
        /** A person takes back a move whose commit isn't answered yet; in worlds of that only. */
        UNDO(150),
        /** People begin to change what the client has just read, or stop it; in restless worlds. */
        AGAIN(100),
        /**
         * What is new is saved again before the server's answer to it is there, which comes while
         * the client looks; in restless worlds only.
         */
        MEANWHILE(60),
        /**
         * People begin to change what the client lists and reads, or stop it; in fleeting worlds
         * only.
         */
        FLEET(100),
        /** A file's name can't be read any more, or can again; in fleeting worlds only. */
        HIDE(100),
        /** The only person goes on at another device once all is at rest. */
        TURN(200),
        /** Time passes. */
        TIME(30),
        /** A person answers what the client asks. */
        ANSWER(12),
        /** A client of somebody else commits something; in worlds with one only. */
        RASH(250);

        private final int weight;

        Kind(int weight) {
            this.weight = weight;
        }
    }

    private static final Kind[] KINDS = Kind.values();

    /** As many actions as wanted, from a seed. */
    static List<Action> history(long seed, int count, int devices, Climate climate) {
        var random = new SplittableRandom(seed);
        var history = new ArrayList<Action>();
        int weights = 0;
        for (Kind kind : KINDS) {
            weights += kind.weight * climate.factor(kind);
        }
        // Some runs are calm, so that what goes wrong there has few causes.
        boolean calm = random.nextInt(5) == 0;
        for (int i = 0; i < count; i++) {
            Kind kind = kind(random.nextInt(weights), climate);
            int gap =
                    switch (random.nextInt(4)) {
                        case 0 -> random.nextInt(4);
                        case 1, 2 -> random.nextInt(80);
                        default -> random.nextInt(800);
                    };
            history.add(
                    new Action(
                            gap,
                            calm ? Kind.EDIT : kind,
                            random.nextInt(devices),
                            random.nextLong()));
        }
        return List.copyOf(history);
    }

    private static Kind kind(int drawn, Climate climate) {
        int left = drawn;
        for (Kind kind : KINDS) {
            left -= kind.weight * climate.factor(kind);
            if (left < 0) {
                return kind;
            }
        }
        throw new IllegalStateException("weights don't add up");
    }
}
