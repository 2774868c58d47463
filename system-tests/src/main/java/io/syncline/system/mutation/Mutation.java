package io.syncline.system.mutation;

import io.syncline.system.sim.Climate;
import java.util.List;

/**
 * A protection, and how it is removed.
 *
 * @param name unique, for the command line
 * @param rule the ruling or law that asks for the protection
 * @param protection what is removed, for people
 * @param type the binary name of the class, from {@code io.syncline.} on
 * @param method its methods of this name, and the lambdas in them
 * @param removal what becomes of them; of several places the first is named before
 * @param climate in which worlds it is looked for
 */
record Mutation(
        String name,
        String rule,
        String protection,
        String type,
        String method,
        Removal removal,
        Climate climate) {

    /** The places that it is removed from. */
    List<Part> parts() {
        return removal instanceof Removal.Several(var parts)
                ? parts
                : List.of(new Part(type, method, removal));
    }

    /**
     * One place of a protection that several places give, each of which is enough.
     *
     * @param removal no {@link Removal.Several}
     */
    record Part(String type, String method, Removal removal) {
        /** The class, by its binary name. */
        String className() {
            return "io.syncline." + type;
        }
    }

    /** What becomes of a method. */
    sealed interface Removal {
        /** It only returns this. */
        record Returns(Value value) implements Removal {}

        /**
         * A call in it isn't made, and this is taken for its result.
         *
         * @param callee the name of what isn't called
         * @param nth which call of it in the order of the bytes, from 1; 0 for each
         */
        record Call(String callee, int nth, Value value) implements Removal {}

        /**
         * Another method is called instead, which takes and returns the same.
         *
         * @param callee the name of what is called in it
         */
        record Other(String callee, String other) implements Removal {}

        /** All of these at once, where each doubles the others; they name their own methods. */
        record Several(List<Part> parts) implements Removal {}
    }

    /** What is returned instead. */
    enum Value {
        /** Where nothing is returned. */
        NOTHING,
        TRUE,
        FALSE,
        ZERO,
        /** The largest {@code long}. */
        MAX,
        /** The empty {@code Optional}, {@code List}, {@code Set} or {@code Map}, as the type is. */
        EMPTY,
        /** The first parameter; of a call, its only argument. */
        ARGUMENT,
        /** What the call was made on. */
        RECEIVER
    }
}
